"""Starts, stops and asks the daemon that serves a state directory's simulated clouds. One directory, one daemon: it holds a lock.

A daemon that was killed leaves its notice (daemon.json) and no lock; the next start takes over, and the store recovers by itself.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NOTICE, LOCK, LOG = "daemon.json", "daemon.lock", "daemon.log"
START_SECONDS = 30.0
ANSWER_SECONDS = 10.0


class DaemonProblem(Exception):
    """The daemon cannot be started, asked or stopped; the text says what to do."""


@dataclass(frozen=True)
class Daemon:
    """A serving daemon. port: its control port on 127.0.0.1; instances: provider instances it serves now; rss_mib: its memory."""

    pid: int
    port: int
    instances: int = 0
    resources: int = 0
    rss_mib: float = 0.0


def start_daemon(state: Path, *, clusters: bool = False) -> Daemon:
    """The daemon of the state directory, started unless it is there. clusters: with real API servers behind them. Raises DaemonProblem."""
    running = daemon_status(state)
    if running is not None:
        return running
    state.mkdir(parents=True, exist_ok=True)
    read, write = os.pipe()
    with (state / LOG).open("ab") as log:
        command = [sys.executable, "-I", "-m", "sandbox.cloud.serve", "--state", str(state.resolve()), "--ready", str(write)]
        command += ["--clusters"] if clusters else []
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[write], start_new_session=True, cwd="/")
    os.close(write)
    try:
        ready = select.select([read], [], [], START_SECONDS)[0] and os.read(read, 1)
    finally:
        os.close(read)
    running = daemon_status(state)
    if not ready or running is None:
        raise DaemonProblem(f"the simulated clouds did not start; the end of {state / LOG}:\n{_tail(state / LOG)}")
    return running


def stop_daemon(state: Path) -> bool:
    """End the daemon when what it is doing is done; False when there is none. Raises DaemonProblem where it does not answer."""
    if not is_served(state):
        return False
    _ask(state, {"stop": True})
    return True


def daemon_status(state: Path) -> Daemon | None:
    """The daemon that serves the state directory now, or None. Raises DaemonProblem where it does not answer."""
    if not is_served(state):
        return None
    answer = _ask(state, {"status": True})
    return Daemon(answer["pid"], answer["port"], answer["instances"], answer["resources"], answer["rss_mib"])


def is_served(state: Path) -> bool:
    """Whether some process holds the state directory's lock."""
    with suppress(FileNotFoundError), (state / LOCK).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _ask(state: Path, question: dict[str, object]) -> dict[str, int]:
    """The daemon's answer; it frees the lock before it answers that it stopped."""
    try:
        notice = json.loads((state / NOTICE).read_text())
        with socket.create_connection(("127.0.0.1", notice["port"]), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(json.dumps({"token": notice["token"], **question}).encode() + b"\n")
            answer: dict[str, int] = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError, KeyError) as error:
        raise DaemonProblem(f"the daemon of {state} holds its lock and does not answer ({error}); see {state / LOG}, or end it") from error
    return answer


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
