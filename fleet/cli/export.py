"""Write what other tools run: CI files that review each pull request."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.export.ci import PATHS, ci
from fleet.files import write_atomically


@click.group()
def command() -> None:
    """Write what other tools run."""


@command.command("ci")
@click.argument("host", type=click.Choice(list(PATHS)))
@click.option("--output", "folder", type=click.Path(path_type=Path), help="The repository to write it into, instead of to stdout.")
def export_ci(host: str, folder: Path | None) -> None:
    """Print a CI file that comments each pull request with what it does to the fleet."""
    if folder is None:
        click.echo(ci(host), nl=False)
        return
    path = folder / PATHS[host]
    written = write_atomically(path, ci(host).encode())
    click.echo(path)
    click.echo(f"{path}: {'written' if written else 'no changes'}.", err=True)
