"""What an update that did not end left behind: known before the next one starts, and recovered first."""

from __future__ import annotations

from fleet.recover import checkpoint
from fleet.recover.problem import RecoverProblem
from fleet.recover.report import Line
from fleet.recover.run import Options, recover
from sandbox.shell.problem import ShellProblem
from sandbox.shell.session import Say, Session, TornState
from sandbox.shell.status import lock_files


def signs(session: Session, stack: str) -> tuple[str, ...]:
    """Why the last update of a stack seems not to have ended; empty when nothing says so."""
    found = []
    if lock_files(session.layout, session.shadow.project_name, stack):
        found.append("its lock is still there")
    try:
        pending = checkpoint.pending(session.checkpoint(stack))
    except TornState:
        found.append("its state is torn")
    else:
        found += [f"{len(pending)} operation(s) are pending"] if pending else []
    if (session.layout.unfinished / stack).exists():
        found.append("it did not end well")
    return tuple(found)


def clear(session: Session, stack: str, say: Say) -> None:
    """Recover a stack whose last update left something. Raises ShellProblem while that update still runs."""
    found = signs(session, stack)
    if not found:
        return
    say(f"The last update of {stack} was cut off: {', '.join(found)}. Recovering (fleet recover -s {stack}):")

    def tell(line: Line) -> None:
        say(f"  {line.text(False)}")

    try:
        recover(session.pulumi, stack, Options(), tell)
    except RecoverProblem as problem:
        raise ShellProblem(str(problem)) from problem
