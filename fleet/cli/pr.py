"""Write the comment of a pull request: is it safe, what is the worst, who is hit; no credentials, no engine."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import click
import msgspec

from fleet.cli._compare import Compared, compared
from fleet.cli._findings import new_findings
from fleet.cli._project import Project, file_option, open_project, reports_problems
from fleet.diff.base import short_name
from fleet.diff.blast import blast
from fleet.files import write_atomically
from fleet.report.comment import as_comment
from fleet.report.page import as_page
from fleet.report.review import Review
from fleet.report.review_json import as_json


@click.command()
@file_option
@click.option("--base", metavar="REF", required=True, help="What the change is against, as origin/main.")
@click.option("--head", metavar="REF", help="A git ref to compare instead of the work tree.")
@click.option("--output", "folder", type=click.Path(path_type=Path), help="A folder for the whole report: report.html and report.json.")
@reports_problems
def command(file: Path, base: str, head: str | None, folder: Path | None) -> None:
    """Print the comment in Markdown (at most 60,000 bytes); exit 1 when the gate stops something."""
    project = open_project(file)
    found = compared(project, base, head)
    review = _review(project, file, found, base, head)
    if folder:
        write_atomically(folder / "report.html", as_page(review).encode())
        write_atomically(folder / "report.json", msgspec.json.format(msgspec.json.encode(as_json(review), order="sorted"), indent=2))
    click.echo(as_comment(review), nl=False)
    if found.gate.stopped:
        raise click.exceptions.Exit(1)


def _review(project: Project, file: Path, found: Compared, base: str, head: str | None) -> Review:
    new = new_findings(project.root, file, base, found.compiled, date.today())
    rendered = hashlib.sha256(b"\0".join(path.encode() + b"\0" + content for path, content in sorted(found.after.items())))
    clusters = {cluster.name for stack in found.compiled.blueprint.stacks for cluster in stack.clusters if stack.protect}
    gone = {change.object.name for change in found.changes if change.object.protected}
    return Review(
        fleet=found.compiled.blueprint.name,
        base=f"{base} {short_name(project.root, base)}",
        head=f"{head} {short_name(project.root, head)}" if head else "work tree",
        digest=rendered.hexdigest()[:12],
        changes=found.changes,
        gate=found.gate,
        blast=blast(found.changes, found.before, found.after),
        protected=frozenset(clusters | gone),
        new_findings=new.problems,
        base_problem=new.base_problem,
        unasked=new.unasked,
    )
