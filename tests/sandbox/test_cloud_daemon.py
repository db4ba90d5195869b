"""The daemon and its launchers as processes: one of each state directory, gone when they should be, back after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2

from sandbox.cloud.daemon import NOTICE, Daemon, DaemonProblem, daemon_status, is_served, start_daemon, stop_daemon
from sandbox.cloud.database import FILE
from sandbox.cloud.install import install_plugins
from sandbox.cloud.protocol import provider_pb2_grpc

SECONDS = 20


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "state"
    stop_daemon(tmp_path / "state")


def environment(state: Path) -> Mapping[str, str]:
    return {**os.environ, "PULUMI_BACKEND_URL": f"file://{state}/backend"}


def launch(state: Path, cloud: str = "aws", **variables: str) -> subprocess.Popen[str]:
    executable = install_plugins(state / "home", state)[0 if cloud == "aws" else 1]
    return subprocess.Popen(
        [executable, "127.0.0.1:1"], env={**environment(state), **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def port(launcher: subprocess.Popen[str]) -> int:
    assert launcher.stdout is not None
    return int(launcher.stdout.readline())


def version(port: int) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        answer: str = stub.GetPluginInfo(empty_pb2.Empty(), timeout=SECONDS, wait_for_ready=True).version
        return answer


def test_starting_twice_gives_the_same_daemon(state: Path) -> None:
    first = start_daemon(state)
    assert start_daemon(state).pid == first.pid
    assert psutil.Process(first.pid).is_running()


def test_a_second_daemon_does_not_serve_the_same_state(state: Path) -> None:
    start_daemon(state)
    second = subprocess.run(
        [sys.executable, "-m", "sandbox.cloud.serve", "--state", str(state)], capture_output=True, text=True, timeout=SECONDS
    )
    assert (second.returncode, second.stderr) == (1, f"another daemon serves {state} already\n")


def test_two_state_directories_have_daemons_of_their_own(state: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    try:
        assert start_daemon(state).pid != start_daemon(other).pid
    finally:
        stop_daemon(other)


def test_after_stopping_there_is_none(state: Path) -> None:
    daemon = start_daemon(state)
    assert stop_daemon(state)
    assert (daemon_status(state), is_served(state), (state / NOTICE).exists()) == (None, False, False)
    psutil.wait_procs([process for process in [_process(daemon)] if process], timeout=SECONDS)
    assert not stop_daemon(state)


def _process(daemon: Daemon) -> psutil.Process | None:
    return psutil.Process(daemon.pid) if psutil.pid_exists(daemon.pid) else None


def test_after_a_kill_the_next_start_takes_over(state: Path) -> None:
    killed = start_daemon(state)
    process = psutil.Process(killed.pid)
    os.kill(killed.pid, signal.SIGKILL)
    process.wait(SECONDS)
    assert daemon_status(state) is None
    assert (state / NOTICE).exists()
    assert start_daemon(state).pid != killed.pid


def test_a_store_that_cannot_be_read_is_said_in_one_sentence(state: Path) -> None:
    state.mkdir()
    (state / FILE).write_text("not a database" * 100)
    with pytest.raises(DaemonProblem, match=r"clouds.sqlite cannot be opened \(file is not a database\)"):
        start_daemon(state)


def test_a_daemon_that_hangs_is_reported_with_what_to_do(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = start_daemon(state)
    monkeypatch.setattr("sandbox.cloud.daemon.ANSWER_SECONDS", 0.2)
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        with pytest.raises(DaemonProblem, match="does not answer"):
            daemon_status(state)
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
        monkeypatch.undo()


def test_it_listens_on_loopback_only(state: Path) -> None:
    daemon = start_daemon(state)
    launcher = launch(state)
    port(launcher)
    listening = {
        item.laddr.ip.removeprefix("::ffff:") for item in psutil.Process(daemon.pid).net_connections() if item.status == psutil.CONN_LISTEN
    }
    launcher.kill()
    launcher.wait(SECONDS)
    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize(("cloud", "expected"), [("aws", "7.51.1"), ("gcp", "10.2.0")])
def test_a_launcher_prints_a_port_that_serves_its_cloud(state: Path, cloud: str, expected: str) -> None:
    start_daemon(state)
    launcher = launch(state, cloud)
    assert version(port(launcher)) == expected
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(SECONDS) == 0


def test_every_instance_has_a_port_of_its_own(state: Path) -> None:
    start_daemon(state)
    launchers = [launch(state) for _ in range(3)]
    assert len({port(launcher) for launcher in launchers}) == 3
    daemon = daemon_status(state)
    assert daemon is not None and daemon.instances == 3
    for launcher in launchers:
        launcher.kill()
        launcher.wait(SECONDS)


def test_an_instance_ends_with_its_launcher(state: Path) -> None:
    start_daemon(state)
    launcher = launch(state)
    address = f"127.0.0.1:{port(launcher)}"
    with grpc.insecure_channel(address) as channel:
        grpc.channel_ready_future(channel).result(SECONDS)
        launcher.kill()
        launcher.wait(SECONDS)
        gone = _when_not_ready(channel)
        assert gone.wait(SECONDS)


def _when_not_ready(channel: grpc.Channel) -> threading.Event:
    gone = threading.Event()
    channel.subscribe(lambda state: gone.set() if state is not grpc.ChannelConnectivity.READY else None, try_to_connect=False)
    return gone


def test_a_launcher_ends_with_its_parent(state: Path) -> None:
    start_daemon(state)
    executable = install_plugins(state / "home", state)[0]
    code = f"import subprocess, sys; p = subprocess.Popen([{str(executable)!r}, 'x'], stdout=1); print(p.pid, flush=True); sys.stdin.read()"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], env=environment(state), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    lines = {parent.stdout.readline(), parent.stdout.readline()}
    launcher = next(psutil.Process(int(line)) for line in lines if _is_launcher(int(line)))
    parent.kill()
    parent.wait(SECONDS)
    launcher.wait(SECONDS)


def _is_launcher(number: int) -> bool:
    return psutil.pid_exists(number) and "launcher.py" in " ".join(psutil.Process(number).cmdline())


def test_a_launcher_ends_with_the_daemon(state: Path) -> None:
    daemon = start_daemon(state)
    launcher = launch(state)
    port(launcher)
    os.kill(daemon.pid, signal.SIGKILL)
    _, errors = launcher.communicate(timeout=SECONDS)
    assert (launcher.returncode, "the simulated clouds ended" in errors) == (1, True)


@pytest.mark.parametrize("url", ["https://api.pulumi.com", "file:///tmp", "s3://state", ""])
def test_a_launcher_serves_no_other_backend(state: Path, url: str) -> None:
    start_daemon(state)
    launcher = launch(state, PULUMI_BACKEND_URL=url)
    output, errors = launcher.communicate(timeout=SECONDS)
    assert (launcher.returncode, output) == (1, "")
    assert "is not a backend of this sandbox" in errors


def test_a_launcher_without_a_daemon_says_how_to_start_one(state: Path) -> None:
    state.mkdir()
    launcher = launch(state)
    _, errors = launcher.communicate(timeout=SECONDS)
    assert launcher.returncode == 1
    assert "fleet sandbox up" in errors


def test_a_stranger_without_the_token_is_refused(state: Path) -> None:
    start_daemon(state)
    notice = state / NOTICE
    assert notice.stat().st_mode & 0o077 == 0
    notice.write_text(notice.read_text().replace('"token": "', '"token": "x'))
    launcher = launch(state)
    _, errors = launcher.communicate(timeout=SECONDS)
    notice.write_text(notice.read_text().replace('"token": "x', '"token": "'))
    assert "not the daemon's token" in errors
