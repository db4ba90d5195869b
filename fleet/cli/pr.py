"""Write the comment of a pull request: is it safe, what is the worst, who is hit; no credentials, and no engine unless asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import msgspec

from fleet.blueprint.files import SHARED
from fleet.cli._compare import Compared, compared, head_project
from fleet.cli._engine import engine
from fleet.cli._findings import new_findings
from fleet.cli._project import Project, file_option
from fleet.diff.base import NoBase, read_base, short_name
from fleet.diff.blast import blast
from fleet.diff.engine import Heard, disagreements
from fleet.diff.ranges import ranges
from fleet.diff.rename import renames
from fleet.files import write_atomically
from fleet.policies.problem import PolicyProblem
from fleet.report.comment import as_comment, as_failure
from fleet.report.flavour import FLAVOURS
from fleet.report.links import URL, Links
from fleet.report.mask import masked
from fleet.report.page import as_page
from fleet.report.review import Review, Side
from fleet.report.review_json import as_json
from fleet.report.words import shortened
from fleet.spec.problem import SpecError

_LONGEST_REASON = 1_000


def _url(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if value and not URL.fullmatch(value):
        raise click.BadParameter("is not an http(s) address without spaces and brackets.")
    return value.rstrip("/")


@click.command()
@file_option
@click.option("--base", metavar="REF", required=True, help="What the change is against, as origin/main.")
@click.option("--head", metavar="REF", help="A git ref to compare instead of the work tree; all of it is read as data.")
@click.option("--flavour", type=click.Choice(list(FLAVOURS)), default="github", show_default=True, help="Whose Markdown; flat has no HTML.")
@click.option("--output", "folder", type=click.Path(path_type=Path), help="A folder for the whole report: report.html and report.json.")
@click.option("--engine", "ask", is_flag=True, help="Ask the real engine too, in the sandbox, of the stacks that change: minutes.")
@click.option("--blob-url", callback=_url, default="", help="Where the head's files are, to link lines: https://HOST/OWNER/NAME/blob/SHA.")
@click.option("--report-url", callback=_url, default="", help="Where the whole report is, to link it.")
def command(file: Path, base: str, head: str | None, flavour: str, folder: Path | None, ask: bool, blob_url: str, report_url: str) -> None:
    """Print the comment in Markdown (at most 60,000 bytes); exit 1 when the gate stops something, or a file cannot be used."""
    links = Links(blob_url, report_url)
    try:
        with head_project(file, head) as project:
            found = compared(project, base, head)
            review = masked(_review(project, file, found, base, head, engine(project, found) if ask else []))
    except SpecError as error:
        reason = f"{file.name} cannot be used: {len(error.problems)} {'problem' if len(error.problems) == 1 else 'problems'}."
        click.echo(as_failure(_name_at(file, base), _side(file.parent, base), reason, error.problems, FLAVOURS[flavour], links), nl=False)
        raise click.exceptions.Exit(1) from None
    except PolicyProblem as problem:
        reason = f"The policies cannot be asked: {shortened(' '.join(str(problem).split()), _LONGEST_REASON)}"
        click.echo(as_failure(_name_at(file, base), _side(file.parent, base), reason, (), FLAVOURS[flavour], links), nl=False)
        raise click.exceptions.Exit(1) from None
    if folder:
        write_atomically(folder / "report.html", as_page(review).encode())
        write_atomically(folder / "report.json", msgspec.json.format(msgspec.json.encode(as_json(review), order="sorted"), indent=2))
    click.echo(as_comment(review, FLAVOURS[flavour], links), nl=False)
    if found.gate.stopped:
        raise click.exceptions.Exit(1)


def _review(project: Project, file: Path, found: Compared, base: str, head: str | None, said: Sequence[Heard]) -> Review:
    new = new_findings(file, base, found.compiled, project.tree, date.today())
    rendered = hashlib.sha256(b"\0".join(path.encode() + b"\0" + content for path, content in sorted(found.after.items())))
    clusters = {cluster.name for stack in found.compiled.blueprint.stacks for cluster in stack.clusters if stack.protect}
    gone = {change.object.name for change in found.changes if change.object.protected}
    return Review(
        fleet=found.compiled.blueprint.name,
        base=_side(project.root, base),
        head=_side(project.root, head) if head else Side("", ""),
        digest=rendered.hexdigest()[:12],
        changes=found.changes,
        gate=found.gate,
        blast=blast(found.changes, found.before, found.after),
        protected=frozenset(clusters | gone),
        new_findings=new.problems,
        base_problem=new.base_problem,
        unasked=new.unasked,
        renames=renames(found.changes, found.before, found.after),
        ranges=ranges(found.changes, found.before, found.after),
        stale=found.stale,
        engine=said,
        disagreements=disagreements(found.changes, said, found.before, found.after),
    )


def _side(root: Path, ref: str) -> Side:
    return Side(ref, short_name(root, ref))


def _name_at(file: Path, base: str) -> str:
    """The fleet's name as the base has it, for the marker of a comment about a broken fleet.yaml; `fleet` for a base without."""
    try:
        shared = [content for path, content in read_base(file.parent, base).items() if path.endswith(f"/{SHARED}")]
    except NoBase as error:
        raise click.UsageError(str(error)) from None
    return str(msgspec.json.decode(shared[0])["fleet"]) if shared else "fleet"
