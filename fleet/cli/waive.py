"""Write and sign a waiver for one change that the gate stops."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click
import msgspec
import yaml

from fleet.cli._compare import compared
from fleet.cli._project import file_option, open_project, reports_problems
from fleet.files import write_atomically
from fleet.gate.verdict import Verdict, needs_first_step, plain
from fleet.spec.suggest import did_you_mean
from fleet.waivers.model import Waiver
from fleet.waivers.read import FOLDER, MOST_DAYS
from fleet.waivers.signing import SigningProblem, sign


@click.command()
@click.argument("object")
@click.argument("path", default="")
@file_option
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="What the change is against.")
@click.option("--owner", required=True, help="Who signs: an identity of waivers/allowed_signers.")
@click.option("--reason", required=True, help="Why, for the reviewer and the auditor.")
@click.option("--ticket", required=True, help="Where it was decided.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=14, show_default=True, help="How long it holds.")
@click.option("--key", type=click.Path(path_type=Path, exists=True), required=True, help="The SSH key to sign with.")
@reports_problems
def command(object: str, path: str, file: Path, base: str, owner: str, reason: str, ticket: str, days: int, key: Path) -> None:
    """Let the change of OBJECT at PATH through, as `fleet plan` shows it."""
    project = open_project(file)
    verdict = _find(compared(project, base, None).gate.verdicts, object, path)
    if not verdict.stopped:
        raise click.UsageError(f"{object} {path}".strip() + f" needs no waiver: {verdict.why}")
    if needs_first_step(verdict.change, verdict.step):
        raise click.UsageError(f"no waiver can let this through. {verdict.why} {verdict.next}")
    waiver = Waiver(
        api_version="fleet-waiver/v1",
        object=object,
        path=path,
        before=plain(verdict.change.before),
        after=plain(verdict.change.after),
        step=verdict.step,
        owner=owner,
        reason=reason,
        ticket=ticket,
        expires=date.today() + timedelta(days=days),
    )
    target = project.root / FOLDER / _file_name(waiver)
    write_atomically(target, yaml.safe_dump(msgspec.to_builtins(waiver), sort_keys=False).encode())
    try:
        signature = sign(target, key)
    except SigningProblem as problem:
        target.unlink()
        raise click.ClickException(f"{problem}.") from None
    click.echo(f"{target}\n{signature}")
    click.echo("Commit both, in the change that they are for.", err=True)


def _file_name(waiver: Waiver) -> str:
    """One name for each change, so that no waiver takes another's place: `prod-prod-eu-west-1-cidr-replace.yaml`."""
    inside = "" if waiver.step == "unprotect" else re.sub(r"[^a-z0-9]+", "-", waiver.path.lower()).strip("-")
    return "-".join(filter(None, [waiver.object.replace("/", "-"), inside, waiver.step])) + ".yaml"


def _find(verdicts: Sequence[Verdict], object: str, path: str) -> Verdict:
    found = {(str(verdict.change.object), verdict.change.path): verdict for verdict in verdicts}
    if (object, path) not in found:
        asked = [f"{name} {inside}".strip() for name, inside in found]
        hint = did_you_mean(f"{object} {path}".strip(), asked) if asked else " The gate stops nothing in this change."
        raise click.UsageError(f"no change of {object} {path}".strip() + f" needs a waiver.{hint}")
    return found[object, path]
