"""Print the blueprint, or one stack or cluster of it, as canonical JSON."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.blueprint.json import encode
from fleet.cli._project import file_option, open_project, reports_problems
from fleet.spec.suggest import did_you_mean


@click.command()
@click.argument("name", required=False)
@file_option
@reports_problems
def command(name: str | None, file: Path) -> None:
    """Print the decided fleet; NAME is a stack, a network or a cluster."""
    blueprint = open_project(file).compile().blueprint
    parts: dict[str, object] = {stack.name: stack for stack in blueprint.stacks}
    for stack in blueprint.stacks:
        parts |= {network.name: network for network in stack.networks} | {cluster.name: cluster for cluster in stack.clusters}
    if name is not None and name not in parts:
        raise click.UsageError(f'"{name}" is not a stack, network or cluster of this fleet.{did_you_mean(name, parts)}')
    click.echo(encode(parts[name] if name else blueprint), nl=False)
