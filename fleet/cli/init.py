"""Start a fleet in an empty folder: a commented fleet.yaml and a working repository around it."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from fleet.catalog import regions
from fleet.cli._findings import findings
from fleet.cli._project import reports_problems, show_json
from fleet.compile.fleet import compile_fleet
from fleet.edit.journal import settle, write_all
from fleet.edit.start import Start, first_files
from fleet.generate.render import configs, render
from fleet.lock.file import NAME, LockFile, render_lock
from fleet.lock.model import Lock
from fleet.report.words import listed
from fleet.spec.load import load
from fleet.spec.problem import SpecError
from fleet.spec.suggest import did_you_mean

_REGION = "eu-west-1"
_ENVIRONMENTS = "dev,prod"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--name", help="The fleet's name (default: the folder's).")
@click.option("--environments", metavar="NAME,...", help=f"Its environments, the protected one last (default: {_ENVIRONMENTS}).")
@click.option("--regions", "places", metavar="REGION,...", help=f"Where its first clusters are, AWS or GCP (default: {_REGION}).")
@click.option("--account", "accounts", metavar="ENV=ID", multiple=True, help="An environment's AWS account.")
@click.option("--project", "projects", metavar="ENV=ID", multiple=True, help="An environment's GCP project.")
@click.option("--domain", help="The Google Workspace domain of your groups, for GKE.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is the default, marked CHANGE in the file.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What stdout holds.")
@reports_problems
def command(
    folder: Path,
    name: str | None,
    environments: str | None,
    places: str | None,
    accounts: tuple[str, ...],
    projects: tuple[str, ...],
    domain: str | None,
    yes: bool,
    output: str,
) -> None:
    """Write a first fleet into FOLDER (default: this one); nothing that is there is overwritten."""
    if folder.is_dir():
        settle(folder)
    name = name or _answer("Name of the fleet", _named(folder), yes)
    start = Start(
        name=name,
        environments=_listed(environments or _answer("Environments, the protected one last", _ENVIRONMENTS, yes)),
        regions=_regions(places or _answer("Regions of the first clusters", _REGION, yes)),
        accounts=_pairs(accounts),
        projects=_pairs(projects),
        domain=domain or f"{name}.example",
    )
    files = _whole(start)
    taken = sorted(path for path in (*files, "stacks") if (folder / path).exists())
    if taken:
        raise click.UsageError(f"{listed(taken, 4)}: in {folder.resolve()} already, and nothing is overwritten. Choose an empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    write_all(folder, files)
    _make_repository(folder)
    if output == "json":
        show_json({"folder": str(folder), "written": sorted(files)})
        return
    for path in sorted(files):
        click.echo(path)
    click.echo(_next(start), err=True)


def _whole(start: Start) -> dict[str, bytes]:
    """All files of the project: those that are written by hand from now on, the lock and the stacks. Raises SpecError."""
    texts = first_files(start)
    with TemporaryDirectory() as folder:
        path = Path(folder, "fleet.yaml")
        path.write_text(texts["fleet.yaml"], encoding="utf-8")
        compiled = compile_fleet(load(path), LockFile(Lock()))
        problems = [problem for finding, problem in findings(compiled, date.today()) if finding.severity == "error"]
        if problems:
            raise SpecError(problems)
        made = {**render(compiled.blueprint), **configs(compiled.blueprint, Path(folder)), NAME: render_lock(compiled.lock).encode()}
    return {**{path: text.encode() for path, text in texts.items()}, **made}


def _answer(question: str, default: str, yes: bool) -> str:
    return default if yes else str(click.prompt(question, default=default, err=True))


def _named(folder: Path) -> str:
    """The folder's name as a fleet's; `acme` where nothing of it can be one."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-0123456789")[:20].rstrip("-") or "acme"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _regions(text: str) -> tuple[str, ...]:
    found = _listed(text)
    for region in found:
        if region not in regions():
            raise click.UsageError(f'"{region}" is not a region of AWS or GCP that the catalogue knows.{did_you_mean(region, regions())}')
    return found


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if not all(value.partition("=")):
            raise click.UsageError(f'"{value}" is not ENVIRONMENT=ID.')
    return {value.partition("=")[0]: value.partition("=")[2] for value in values}


def _make_repository(folder: Path) -> None:
    """Let git know the folder, where git is here and the folder is in no repository yet."""
    try:
        inside = subprocess.run(["git", "-C", str(folder), "rev-parse", "--is-inside-work-tree"], capture_output=True, check=False)
        if inside.returncode:
            subprocess.run(["git", "-C", str(folder), "init", "--quiet"], capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        click.echo("git made no repository here; `fleet plan` compares with commits, so make one.", err=True)


def _next(start: Start) -> str:
    return (
        f"The fleet {start.name} is here. What is yours to say is marked CHANGE in fleet.yaml and requirements.txt.\n"
        f"Rehearse it: fleet sandbox up {start.environments[0]} (or `make up`). Then commit it."
    )
