"""The language host runs programs under the real engine: errors once and in the user's terms, small state, no process left behind."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
import yaml
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

import toolchain

BOUND_SECONDS = 60.0


@dataclass(frozen=True)
class Stack:
    """A project of one program with a stack in a backend of its own."""

    folder: Path
    environment: dict[str, str]

    def program(self, text: str) -> None:
        (self.folder / "__main__.py").write_text(f"import pulumi\n{text}\n")

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--non-interactive"]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BOUND_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def tools() -> toolchain.Toolchain:
    return toolchain.resolve(["pulumi"])


@pytest.fixture(scope="module")
def stack(tools: toolchain.Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """One for all tests here, each of which brings its own program: making a stack takes a second."""
    folder = tmp_path_factory.mktemp("engine")
    project, backend = folder / "project", folder / "backend"
    project.mkdir()
    backend.mkdir()
    (project / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    environment = {
        **os.environ,
        "PATH": f"{tools.engine}:{os.environ['PATH']}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_STACK": "dev",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    }
    made = Stack(project, environment)
    created = made.pulumi("stack", "init", "dev")
    assert created.returncode == 0, created.stdout
    return made


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition."""
    end, pause = time.monotonic() + BOUND_SECONDS, threading.Event()
    while not true():
        assert time.monotonic() < end, f"{what}: not within {BOUND_SECONDS} s"
        pause.wait(0.02)


def runs(process: int) -> bool:
    """Whether the process is there and no zombie."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_program_runs_as_under_the_official_host(stack: Stack) -> None:
    (stack.folder / "beside.py").write_text("answer = 42\n")
    seen = "[beside.answer, os.getcwd(), __name__, pulumi.get_stack(), pulumi.Config().require('k')]"
    stack.program(f"import os, beside\npulumi.export('saw', {seen})")
    done = stack.pulumi("up", "--yes", "--skip-preview", "--config", "k=value")
    assert done.returncode == 0, done.stdout
    assert json.loads(stack.pulumi("stack", "output", "saw").stdout) == [42, str(stack.folder), "__main__", "dev", "value"]


def test_the_state_holds_no_stack_traces(stack: Stack) -> None:
    stack.program("pulumi.ComponentResource('t:x:C', 'a')")
    assert stack.pulumi("up", "--yes", "--skip-preview").returncode == 0
    state = stack.pulumi("stack", "export").stdout
    assert "::t:x:C::a" in state and "stackTrace" not in state


def errors(preview: subprocess.CompletedProcess[str]) -> list[str]:
    """The error messages of a preview that failed."""
    assert preview.returncode != 0
    return [row["message"].removeprefix("error: ") for row in json.loads(preview.stdout)["diagnostics"] if row["severity"] == "error"]


def test_an_exception_is_shown_once_from_the_users_first_line_on(stack: Stack) -> None:
    (stack.folder / "deep.py").write_text("def fail():\n    raise ValueError('it broke here')\n")
    stack.program("import deep\ndeep.fail()")
    (said,) = errors(stack.pulumi("preview", "--json"))
    begin = f'Program failed with an unhandled exception:\nTraceback (most recent call last):\n  File "{stack.folder}/__main__.py", line 3'
    assert said.startswith(begin) and said.rstrip().endswith("ValueError: it broke here")


def test_a_run_error_is_its_message_alone(stack: Stack) -> None:
    stack.program("raise pulumi.RunError('set the region first')")
    assert errors(stack.pulumi("preview", "--json")) == ["set the region first\n"]


def test_what_the_program_logs_reaches_the_engine_with_its_severity(stack: Stack) -> None:
    stack.program("pulumi.log.warn('careful')\nprint('said')")
    told = json.loads(stack.pulumi("preview", "--json").stdout)["diagnostics"]
    assert [(row["severity"], row["message"].strip()) for row in told] == [("warning", "warning: careful"), ("info", "said")]


@pytest.mark.parametrize(("call", "ends_well"), [("sys.exit(0)", True), ("sys.exit(3)", False)])
def test_an_exit_code_is_the_programs_outcome(stack: Stack, call: str, ends_well: bool) -> None:
    stack.program(f"import sys\n{call}")
    done = stack.pulumi("preview")
    assert (done.returncode == 0) is ends_well
    assert ("Program exited with non-zero exit code: 3" in done.stdout) is not ends_well


def test_a_configuration_too_large_for_the_official_host_is_refused(stack: Stack) -> None:
    stack.program("")
    settings = yaml.safe_load((stack.folder / "Pulumi.dev.yaml").read_text())
    (stack.folder / "large.yaml").write_text(yaml.safe_dump({**settings, "config": {"p:large": "x" * 140_000}}))
    done = stack.pulumi("preview", "--config-file", "large.yaml")
    assert done.returncode != 0 and "argument list too long" in done.stdout


def test_a_plugins_output_and_exit_code_are_streamed(tools: toolchain.Toolchain, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        "import os, sys\nprint(os.environ['K'], *sys.argv[1:])\nprint('oops', file=sys.stderr)\nsys.exit(5)\n"
    )
    host, port = started(tools)
    try:
        info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path), entry_point=".")
        request = language_pb2.RunPluginRequest(pwd=str(tmp_path), args=["a", "b"], env=["K=v"], info=info, kind="resource")
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            answers = list(language_pb2_grpc.LanguageRuntimeStub(channel).RunPlugin(request, timeout=BOUND_SECONDS))
    finally:
        host.kill()
        host.communicate()
    assert b"".join(answer.stdout for answer in answers) == b"v a b\n"
    assert b"".join(answer.stderr for answer in answers) == b"oops\n"
    assert answers[-1].exitcode == 5


def started(tools: toolchain.Toolchain) -> tuple[subprocess.Popen[str], int]:
    host = subprocess.Popen([tools.language_host, "127.0.0.1:1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert host.stdout is not None
    return host, int(host.stdout.readline())


def test_an_interrupt_ends_the_host_quietly(tools: toolchain.Toolchain) -> None:
    host, _ = started(tools)
    host.send_signal(signal.SIGINT)
    out, err = host.communicate(timeout=BOUND_SECONDS)
    assert (host.returncode, out, err) == (0, "", "")


def test_the_host_and_its_program_end_with_a_killed_engine(stack: Stack, tmp_path: Path) -> None:
    mark = tmp_path / "host"
    stack.program(f"import os, pathlib, threading\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\nthreading.Event().wait()")
    with subprocess.Popen(
        ["pulumi", "preview", "--non-interactive"], cwd=stack.folder, env=stack.environment, stdout=subprocess.DEVNULL
    ) as engine:
        until(lambda: mark.exists() and mark.read_text() != "", "the program's start")
        host = int(mark.read_text())
        assert runs(host)
        engine.kill()
    until(lambda: not runs(host), "the end of the host")
