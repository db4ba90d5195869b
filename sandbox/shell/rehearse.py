"""What the engine makes of a change: stacks as they were, brought up in a sandbox of their own, then previewed as they would be.

The program is the repository's own; only stacks/ is what it is told, so a change is data here, and nothing of it runs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fleet.recover.pulumi import PulumiFailed
from sandbox.shell import shutdown
from sandbox.shell.layout import DEFAULT_STATE, Layout
from sandbox.shell.problem import disk_problems
from sandbox.shell.session import Say, Session, open_session
from sandbox.shell.update import up

Files = Mapping[str, bytes]
PROGRAM: Final = ("Pulumi.yaml", "__main__.py", "components", "fleet", "policies", "sandbox", "toolchain")
"""What a repository's program needs; fleet.yaml stays away, for stacks/ alone says what is built."""


@dataclass(frozen=True)
class Rehearsed:
    """One stack's preview. preview: as `pulumi preview --json` prints it; unasked: why there is none, else empty."""

    stack: str
    preview: Mapping[str, Any]
    unasked: str = ""


def rehearse(repository: Path, before: Files, after: Files, stacks: Sequence[str], say: Say) -> list[Rehearsed]:
    """Bring `stacks` up as `before` has them, and preview `after`. before, after: path -> content of all under stacks/.

    A stack that `before` has not is previewed from nothing. Takes minutes. Raises ShellProblem where the sandbox cannot be used.
    """
    with _scratch(repository.resolve()) as layout:
        _write(layout.repository, before)
        failed = [stack for stack in stacks if f"stacks/Pulumi.{stack}.yaml" in before and not _brought_up(layout, stack, say)]
        _write(layout.repository, after)
        session = open_session(layout, say)
        why = "it could not be brought up as it is at the base (see above)"
        return [Rehearsed(stack, {}, why) if stack in failed else _previewed(session, stack, say) for stack in stacks]


@contextmanager
def _scratch(repository: Path) -> Iterator[Layout]:
    """A repository and a sandbox within the repository's own sandbox; what a killed rehearsal left goes first."""
    place = repository / DEFAULT_STATE / "rehearsal"
    layout = Layout(place / "repository", place / "state")
    with disk_problems(place):
        layout.repository.mkdir(parents=True, exist_ok=True)
        for name in PROGRAM:
            if (repository / name).exists() and not (layout.repository / name).is_symlink():
                (layout.repository / name).symlink_to(repository / name)
    _remove(layout)
    try:
        yield layout
    finally:
        _remove(layout)
        shutil.rmtree(place, ignore_errors=True)


def _remove(layout: Layout) -> None:
    if layout.state.exists():
        shutdown.down(layout, purge=layout.passphrase.exists(), say=lambda line: None)


def _write(repository: Path, files: Files) -> None:
    shutil.rmtree(repository / "stacks", ignore_errors=True)
    for path, content in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes(content)


def _brought_up(layout: Layout, stack: str, say: Say) -> bool:
    _, update = up(layout, stack, say)
    return update.succeeded


def _previewed(session: Session, stack: str, say: Say) -> Rehearsed:
    say(f"pulumi preview -s {stack}")
    try:
        said = session.pulumi.run("preview", "--json", "--stack", stack)
    except PulumiFailed as failure:  # its document says why
        said = failure.output or str(failure)
    try:
        return Rehearsed(stack, json.loads(said))
    except json.JSONDecodeError:
        return Rehearsed(stack, {}, f"`pulumi preview` failed: {said.strip()[-500:]}")
