"""Add an environment like another."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.cli._edit import carry_out, edit_options
from fleet.cli._project import reports_problems
from fleet.edit.environment import add_environment


@click.group()
def command() -> None:
    """Add an environment like another."""


@command.command("add")
@click.argument("name")
@click.option("--like", metavar="ENV", required=True, help="The environment to be like: settings, clusters, access of teams.")
@click.option("--aws", metavar="ACCOUNT", help="Its AWS account id.")
@click.option("--gcp", metavar="PROJECT", help="Its GCP project id.")
@click.option("--empty", is_flag=True, help="Without clusters, and without access for teams.")
@edit_options
@reports_problems
def add(name: str, like: str, aws: str | None, gcp: str | None, empty: bool, dry_run: bool, file: Path, output: str) -> None:
    """Add environment NAME, in accounts of its own."""
    accounts = {cloud: account for cloud, account in (("aws", aws), ("gcp", gcp)) if account}
    carry_out(file, output, dry_run, lambda document: add_environment(document, name, like, accounts, clusters=not empty))
