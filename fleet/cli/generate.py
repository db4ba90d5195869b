"""Write stacks/ from fleet.yaml and the lock; `--check` fails when it is stale, edited or orphaned."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._compare import compared
from fleet.cli._project import Project, file_option, open_project, reports_problems
from fleet.compile.fleet import Compiled
from fleet.diff.base import has_commit
from fleet.generate.render import configs, render, staleness, write
from fleet.report.gate_text import as_text as gate_text
from fleet.spec.problem import Problem, SpecError


@click.command()
@file_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if stacks/ is not what fleet.yaml says.")
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="The git ref that the gate compares with.")
@reports_problems
def command(file: Path, check: bool, base: str) -> None:
    """Render the fleet into the files that are reviewed and that `pulumi up` runs."""
    project = open_project(file)
    compiled = project.compile()
    _require_locked(project, compiled)
    wanted = {**render(compiled.blueprint), **configs(compiled.blueprint, project.root)}
    stale = staleness(project.root, wanted)
    if check:
        for what, paths in (("missing", stale.missing), ("differs", stale.different), ("orphaned", stale.orphaned)):
            for path in paths:
                click.echo(f"{what}: {path}")
        if stale:
            click.echo("stacks/ is not what fleet.yaml says: run `fleet generate`, and change fleet.yaml instead of stacks/.", err=True)
            raise click.exceptions.Exit(1)
        return
    _require_open_gate(project, base)
    written = write(project.root, wanted, stale.orphaned)
    for path in written:
        click.echo(path)
    click.echo(f"stacks/: {len(written)} files changed." if written else "stacks/: no changes.", err=True)


def _require_open_gate(project: Project, base: str) -> None:
    """Write nothing that the gate stops. A project that is no git repository, or has no commit, has nothing to protect yet."""
    if not has_commit(project.root, base):
        return
    gate = compared(project, base, None).gate
    if gate.stopped:
        click.echo(gate_text(gate), nl=False, err=True)
        click.echo("stacks/: nothing was written.", err=True)
        raise click.exceptions.Exit(1)


def _require_locked(project: Project, compiled: Compiled) -> None:
    if compiled.lock != project.lock.lock:
        mark = project.lock.mark("", "")
        raise SpecError([Problem(mark, (), "is behind fleet.yaml: run `fleet lock` first; `fleet lock --check` shows what it lacks.")])
