"""Keeps one program running: adopts it where it runs already, starts it where it does not, and gives up when it keeps dying."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

import psutil

from sandbox.kubernetes.runtime import processes
from sandbox.kubernetes.runtime.problem import RuntimeProblem
from sandbox.kubernetes.runtime.processes import Program

RESTARTS = 5
WITHIN_SECONDS = 120.0


@dataclass
class Guard:
    """One program at a time; used by one thread at a time.

    command: of the process, as it was started; empty for one that was adopted. started: when, on the monotonic clock; 0 for one adopted.
    """

    process: psutil.Process | None = None
    command: tuple[str, ...] = ()
    started: float = 0.0
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS + 1))

    def adopt(self, process: psutil.Process | None) -> None:
        """Take over a process that an earlier guard started."""
        self.process, self.command = process, ()

    def is_alive(self) -> bool:
        return self.process is not None and processes.is_alive(self.process)

    def end_older(self, since: float) -> None:
        """End a process that was started before `since`."""
        if self.process is not None and self.started < since:
            processes.stop([self.process])

    def ensure(self, program: Program, since: float = 0.0) -> bool:
        """Have `program` run, with exactly its command; whether it had to be started. Raises RuntimeProblem once it died too often.

        since: when what it cannot do without was last started; an end before that is no fault of its own and does not count.
        """
        while self.starts and self.starts[0] < since:
            self.starts.popleft()
        if self.process is not None and self.is_alive():
            if (self.command or tuple(_command(self.process))) == program.command:
                return False
            processes.stop([self.process])
        elif len(self.starts) > RESTARTS and time.monotonic() - self.starts[0] < WITHIN_SECONDS:
            raise RuntimeProblem(
                f"{program.name} ended {RESTARTS} times within {WITHIN_SECONDS:.0f} s and is left alone. The end of {program.log}:\n"
                f"{processes.last_words(program)}"
            )
        self.started = time.monotonic()
        self.starts.append(self.started)
        try:
            self.process, self.command = processes.start(program), program.command
        except OSError as error:
            raise RuntimeProblem(f"{program.name} cannot be run: {error}") from error
        return True

    def forgive(self) -> None:
        """Try again what was given up."""
        self.starts.clear()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
