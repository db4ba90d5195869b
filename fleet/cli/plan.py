"""Show what fleet.yaml would change against the committed stacks/, and how risky it is; offline, in a second."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._compare import compared, head_project
from fleet.cli._deployed import DEPLOYED, last_updates
from fleet.cli._project import file_option, format_option, reports_problems, show_json
from fleet.diff.model import Risk
from fleet.diff.rename import renames
from fleet.report.gate_json import as_json as gate_json
from fleet.report.gate_text import as_text as gate_text
from fleet.report.mask import masked_changes
from fleet.report.plan_json import as_json
from fleet.report.plan_text import as_text


@click.command()
@file_option
@format_option
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="The git ref whose stacks/ to compare with.")
@click.option("--deployed", is_flag=True, help="Compare with what the stacks say was last brought up; asks pulumi.")
@click.option("--head", metavar="REF", help="A git ref to compare instead of the work tree's fleet.yaml.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when there are changes.")
@reports_problems
def command(file: Path, output: str, base: str, deployed: bool, head: str | None, exit_code: bool) -> None:
    """List what differs from stacks/ at REF: what the gate stops first, then the worst; exit 1 when something is stopped.

    With --deployed it is run where `pulumi up` is: in the project's folder, or in the sandbox's shell. Signers are still those of REF.
    """
    with head_project(file, head) as project:
        found = compared(project, base, head, last_updates(project.root) if deployed else None)
    base = DEPLOYED if deployed else base
    changes, renamed = masked_changes(found.changes), renames(found.changes, found.before, found.after)
    if output == "json":
        show_json({**as_json(changes, base, renamed), "gate": gate_json(found.gate)})
    else:
        click.echo(gate_text(found.gate), nl=False)
        click.echo(as_text(changes, base, renamed), nl=False)
    if found.gate.stopped or (exit_code and any(change.risk > Risk.NONE for change in found.changes)):
        raise click.exceptions.Exit(1)
