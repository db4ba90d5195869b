"""Compare a project with a base and ask the gate: what plan, pr, generate and waive share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from fleet.cli._at import open_project_at
from fleet.cli._project import Project, open_project
from fleet.compile.fleet import Compiled
from fleet.diff.base import NoBase, read_base
from fleet.diff.cause import locator
from fleet.diff.compare import compare
from fleet.diff.model import Change
from fleet.gate.gather import Gate, gate
from fleet.generate.render import render


@dataclass(frozen=True)
class Compared:
    """Two renderings, what differs, and what the gate says of it. stale: stacks/ at the head is not what its fleet.yaml renders to."""

    compiled: Compiled
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    changes: Sequence[Change]
    gate: Gate
    stale: bool


@contextmanager
def head_project(file: Path, head: str | None) -> Iterator[Project]:
    """The project of the work tree, or as it is at `head`. Raises SpecError, or UsageError for a ref that cannot be read."""
    if head is None:
        yield open_project(file)
        return
    try:
        with open_project_at(file, head) as project:
            yield project
    except NoBase as error:
        raise click.UsageError(str(error)) from None


def compared(project: Project, base: str, head: str | None, before: Mapping[str, bytes] | None = None) -> Compared:
    """Compare what a project (opened at `head`, where that is a ref) renders to with stacks/ at `base`, or with other rendered files.

    What the head has in its own stacks/ is only compared with that, for `stale`: it may be a stranger's. before: path -> JSON.
    Raises SpecError, or UsageError for a ref that cannot be read.
    """
    compiled = project.compile()
    return judged(project, compiled, render(compiled.blueprint), base, head, before)


def judged(
    project: Project, compiled: Compiled, after: Mapping[str, bytes], base: str, head: str | None, before: Mapping[str, bytes] | None = None
) -> Compared:
    """`compared` of a project that is compiled and rendered (`after`) already. Raises UsageError for a ref that cannot be read."""
    try:
        before = read_base(project.root, base) if before is None else before
        stale = head is not None and read_base(project.root, head) != after
        changes = compare(before, after, locator(compiled, project.lock))
        judged = gate(project.root, project.tree, base, before, changes, date.today())
        return Compared(compiled, before, after, changes, judged, stale)
    except NoBase as error:
        raise click.UsageError(str(error)) from None
