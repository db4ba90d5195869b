"""Add, clone, remove or rename clusters in fleet.yaml."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._edit import carry_out, edit_options
from fleet.cli._project import reports_problems
from fleet.edit.cluster import add_cluster, clone_cluster, remove_cluster, rename_cluster
from fleet.edit.model import Places


@click.group()
def command() -> None:
    """Add, clone, remove or rename entries under `clusters`, each with all its clusters."""


def _places(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Places:
    """`prod=eu-west-1,us-east-1` as {"prod": ("eu-west-1", "us-east-1")}."""
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        environment, _, regions = value.partition("=")
        if not environment or not regions or environment in found:
            raise click.BadParameter(f'"{value}" is not ENVIRONMENT=REGION[,REGION...] of an environment that is named once.')
        found[environment] = tuple(dict.fromkeys(region for region in regions.split(",") if region))
    return found


@command.command("add")
@click.argument("name")
@click.option("--class", "class_", required=True, help="Its shape, of those under `classes`.")
@click.option(
    "--in", "places", metavar="ENV=REGION,...", multiple=True, required=True, callback=_places, help="Where; once an environment."
)
@edit_options
@reports_problems
def add(name: str, class_: str, places: Places, dry_run: bool, file: Path, output: str) -> None:
    """Add entry NAME, with a cluster in each of the places."""
    carry_out(file, output, dry_run, lambda document: add_cluster(document, name, class_, places))


@command.command("clone")
@click.argument("source")
@click.argument("name")
@click.option("--in", "places", metavar="ENV=REGION,...", multiple=True, callback=_places, help="Where (default: where SOURCE is).")
@edit_options
@reports_problems
def clone(source: str, name: str, places: Places, dry_run: bool, file: Path, output: str) -> None:
    """Add entry NAME with all that stands in SOURCE."""
    carry_out(file, output, dry_run, lambda document: clone_cluster(document, source, name, places))


@command.command("remove")
@click.argument("name")
@click.option("--env", "environment", help="Only its clusters of this environment.")
@click.option("--region", "regions", multiple=True, help="Only its clusters in this region; may be given again.")
@edit_options
@reports_problems
def remove(name: str, environment: str | None, regions: tuple[str, ...], dry_run: bool, file: Path, output: str) -> None:
    """Take entry NAME's clusters away; those of a protected environment in two steps, of which this takes the next."""
    carry_out(file, output, dry_run, lambda document: remove_cluster(document, name, environment, regions))


@command.command("rename")
@click.argument("old")
@click.argument("new")
@edit_options
@reports_problems
def rename(old: str, new: str, dry_run: bool, file: Path, output: str) -> None:
    """Rename entry OLD to NEW; its clusters keep their resources, ranges and physical names."""
    carry_out(file, output, dry_run, lambda document: rename_cluster(document, old, new))
