"""Long-lived processes that outlive whoever started them: each carries a mark in its environment by which it is found again.

A mark cannot go stale as a file with a process id can: what carries it is the process, nothing else does.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "FLEET_SANDBOX_PROCESS"
STOP_SECONDS = 10.0

Process = psutil.Process


@dataclass(frozen=True)
class Program:
    """How a process is run. name: what it is called within its `folder`, which holds its log and, with the name, makes its mark."""

    name: str
    folder: Path
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return f"{self.folder}:{self.name}"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"


def start(program: Program) -> psutil.Process:
    """Run a program; its output goes to the end of its log. Raises OSError where it cannot be run."""
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    environment = {**inherited, **program.environment, MARK: program.mark}
    with program.log.open("ab") as log:
        started = subprocess.Popen(
            program.command,
            cwd=program.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    started.returncode = 0  # psutil waits for it, whoever is its parent; Popen must not warn that nobody did
    return psutil.Process(started.pid)


def running(below: Path) -> dict[str, psutil.Process]:
    """Every live process whose folder is `below` or inside it, by its mark."""
    found: dict[str, psutil.Process] = {}
    for process in psutil.process_iter():
        mark = _mark(process)
        if mark and Path(mark.rpartition(":")[0]).is_relative_to(below):
            found[mark] = process
    return found


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; a dead child is reaped."""
    with suppress(psutil.NoSuchProcess):
        if process.status() != psutil.STATUS_ZOMBIE:
            return process.is_running()
        with suppress(psutil.TimeoutExpired):
            process.wait(timeout=1)
    return False


def stop(processes: Iterable[psutil.Process], *, gently: bool = False) -> None:
    """End processes and wait until they are gone. gently: let each finish, for STOP_SECONDS at most."""
    ending = list(processes)
    for process in ending:
        with suppress(psutil.NoSuchProcess):
            process.terminate() if gently else process.kill()
    _, left = psutil.wait_procs(ending, timeout=STOP_SECONDS)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=STOP_SECONDS)


def memory_mib(process: psutil.Process) -> float:
    """What the process alone costs: its proportional share of shared pages, as programs of one binary share their code. 0 when gone."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return float(process.memory_full_info().pss) / 2**20
    return 0.0


def last_words(program: Program, lines: int = 6) -> str:
    """The end of a program's log, for an error."""
    try:
        with program.log.open("rb") as log:
            log.seek(max(0, program.log.stat().st_size - 4000))
            text = log.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(line[:400] for line in text.splitlines()[-lines:])


def _mark(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(MARK, ""))
    except (psutil.Error, OSError):
        return ""
