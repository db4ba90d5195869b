"""`fleet sandbox up`: one real `pulumi up`, its output condensed, and what there is afterwards."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sandbox.shell import leftovers
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem
from sandbox.shell.progress import Progress
from sandbox.shell.session import Say, Session, exclusive, open_session


@dataclass(frozen=True)
class Update:
    """One update that ended. changes: what was done, as `created 12`, or `no changes`; failed: URNs of what could not be done."""

    stack: str
    seconds: float
    changes: str
    failed: tuple[str, ...]
    succeeded: bool


def up(layout: Layout, stack: str, say: Say) -> tuple[Session, Update]:
    """Bring a stack up in the sandbox, after mending what a killed update left. Raises ShellProblem where it cannot be tried."""
    with exclusive(layout):
        session = open_session(layout, say)
        if stack not in session.shadow.stacks:
            known = ", ".join(session.shadow.stacks) or "none; write them with `fleet generate`"
            raise ShellProblem(f"there is no stack {stack!r} in {layout.repository / 'stacks'}. There are: {known}.")
        leftovers.clear(session, stack, say)
        say(f"pulumi up -s {stack}")
        return session, _run(session, stack, say)


def _run(session: Session, stack: str, say: Say) -> Update:
    """Run `pulumi up`; a file says that it is under way until it has ended well."""
    mark = session.layout.unfinished / stack
    mark.touch()
    started = time.monotonic()
    progress = Progress(say, time.monotonic)
    command = ["pulumi", "up", "--yes", "--skip-preview", "--json", "--stack", stack]
    log = session.layout.logs / f"up-{stack}.jsonl"
    with (
        log.open("w") as record,
        subprocess.Popen(
            command,
            cwd=session.layout.project,
            env=session.environment,
            executable=session.tools / "pulumi",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        progress.follow(_recorded(process.stdout, record))
    if process.returncode == 0:
        mark.unlink()
    else:
        say(f"  all events of this update: {log}")
    return Update(stack, time.monotonic() - started, progress.counts(), tuple(progress.failed), process.returncode == 0)


def _recorded(lines: IO[str], record: IO[str]) -> Iterator[str]:
    for line in lines:
        record.write(line)
        yield line
