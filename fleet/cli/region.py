"""Add a region to an environment, or take one away."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._edit import carry_out, edit_options
from fleet.cli._project import reports_problems
from fleet.edit.region import add_region, remove_region


@click.group()
def command() -> None:
    """Add a region to an environment, or take one away."""


@command.command("add")
@click.argument("region")
@click.option("--env", "environment", required=True, help="The environment that gets it.")
@click.option(
    "--like", metavar="REGION", help="Whose clusters to have there too (default: the same cloud's region with the most clusters)."
)
@click.option(
    "--allow-jurisdiction", "allowed", metavar="CODE", multiple=True, help="A jurisdiction that entries without a cluster in it may enter."
)
@edit_options
@reports_problems
def add(region: str, environment: str, like: str | None, allowed: tuple[str, ...], dry_run: bool, file: Path, output: str) -> None:
    """Give an environment in REGION what it has in another: spec, lock and stacks/ are written, or nothing is."""
    carry_out(file, output, dry_run, lambda document: add_region(document, region, environment, like, frozenset(allowed)))


@command.command("remove")
@click.argument("region")
@click.option("--env", "environment", required=True, help="The environment that loses it.")
@edit_options
@reports_problems
def remove(region: str, environment: str, dry_run: bool, file: Path, output: str) -> None:
    """Take an environment's clusters in REGION away; from a protected environment in two steps, of which this takes the next."""
    carry_out(file, output, dry_run, lambda document: remove_region(document, region, environment))
