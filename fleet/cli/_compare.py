"""Compare a project with a base and ask the gate: what plan, pr, generate and waive share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import click

from fleet.cli._project import Project
from fleet.compile.fleet import Compiled
from fleet.diff.base import NoBase, read_base
from fleet.diff.cause import locator
from fleet.diff.compare import compare
from fleet.diff.model import Change
from fleet.gate.gather import Gate, gate
from fleet.generate.render import render


@dataclass(frozen=True)
class Compared:
    """Two renderings, what differs, and what the gate says of it."""

    compiled: Compiled
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    changes: Sequence[Change]
    gate: Gate


def compared(project: Project, base: str, head: str | None) -> Compared:
    """Compare the project (or stacks/ at `head`) with stacks/ at `base`. Raises SpecError, or UsageError for a ref that cannot be read."""
    compiled = project.compile()
    try:
        before = read_base(project.root, base)
        after = read_base(project.root, head) if head else render(compiled.blueprint)
        changes = compare(before, after, locator(compiled, project.lock))
        return Compared(compiled, before, after, changes, gate(project.root, base, before, changes, date.today()))
    except NoBase as error:
        raise click.UsageError(str(error)) from None
