"""Show what fleet.yaml would change against the committed stacks/; offline, in a second."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fleet.cli._project import file_option, format_option, open_project, reports_problems, show_json
from fleet.diff.base import NoBase, read_base
from fleet.diff.changes import Change, changes
from fleet.generate.render import render


@click.command()
@file_option
@format_option
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="The git ref whose stacks/ to compare with.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when there are changes.")
@reports_problems
def command(file: Path, output: str, base: str, exit_code: bool) -> None:
    """List every path of the blueprint that differs from stacks/ at REF."""
    project = open_project(file)
    try:
        committed = read_base(project.root, base)
    except NoBase as error:
        raise click.UsageError(str(error)) from None
    found = list(changes(committed, render(project.compile().blueprint)))
    if output == "json":
        show_json({"base": base, "changes": [_as_json(change) for change in found]})
    else:
        for change in found:
            click.echo(_line(change))
        objects = len({change.object for change in found})
        click.echo(f"{len(found)} changes in {objects} objects against {base}." if found else f"No changes against {base}.", err=True)
    if found and exit_code:
        raise click.exceptions.Exit(1)


def _as_json(change: Change) -> dict[str, object]:
    return {"object": change.object, "path": change.path, "before": change.before, "after": change.after}


def _line(change: Change) -> str:
    before, after = (value if isinstance(value, str) else json.dumps(value) for value in (change.before, change.after))
    return f"{change.object}{f' {change.path}' if change.path else ''}: {before} -> {after}"
