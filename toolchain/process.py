"""Runs one long command and keeps the user informed while it works."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TELL_EVERY_SECONDS = 15.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: the signal that killed it) and its output, line by line."""

    code: int
    output: list[str]


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    tell: Callable[[float, list[str]], None],
    every_seconds: float = _TELL_EVERY_SECONDS,
) -> Ended:
    """Runs `command` in `folder` to its end; `tell` gets the seconds so far and the output so far every `every_seconds`.

    Whatever interrupts the wait (Ctrl-C, an error in `tell`) ends the command too.
    """
    started = time.monotonic()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            output: list[str] = []
            lines = _lines(process)
            due = started + every_seconds
            while True:
                try:
                    line = lines.get(timeout=max(0.0, due - time.monotonic()))
                except queue.Empty:
                    tell(time.monotonic() - started, output)
                    due = time.monotonic() + every_seconds
                    continue
                if line is None:
                    return Ended(process.wait(), output)
                output.append(line)
        except BaseException:
            process.kill()
            raise


def _lines(process: subprocess.Popen[str]) -> queue.Queue[str | None]:
    """The lines of a process as they come, then None."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines
