"""Show what fleet.yaml would change against the committed stacks/, and how risky it is; offline, in a second."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._project import file_option, format_option, open_project, reports_problems, show_json
from fleet.diff.base import NoBase, read_base
from fleet.diff.cause import locator
from fleet.diff.compare import compare
from fleet.diff.model import Risk
from fleet.generate.render import render
from fleet.report.plan_json import as_json
from fleet.report.plan_text import as_text


@click.command()
@file_option
@format_option
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="The git ref whose stacks/ to compare with.")
@click.option("--head", metavar="REF", help="A git ref to compare instead of the work tree's fleet.yaml.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when there are changes.")
@reports_problems
def command(file: Path, output: str, base: str, head: str | None, exit_code: bool) -> None:
    """List what differs from stacks/ at REF: equal changes of many clusters in one line, the worst first."""
    project = open_project(file)
    compiled = project.compile()
    try:
        before = read_base(project.root, base)
        after = read_base(project.root, head) if head else render(compiled.blueprint)
    except NoBase as error:
        raise click.UsageError(str(error)) from None
    changes = compare(before, after, locator(compiled, project.lock))
    if output == "json":
        show_json(as_json(changes, base))
    else:
        click.echo(as_text(changes, base), nl=False)
    if exit_code and any(change.risk > Risk.NONE for change in changes):
        raise click.exceptions.Exit(1)
