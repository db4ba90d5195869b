"""Show a cluster's settings, each with the chain of lines that decided it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

import click

from fleet.cli._project import file_option, format_option, open_project, reports_problems, show_json
from fleet.compile.instances import Instance
from fleet.compile.layers import merge_layers, origins, profile
from fleet.spec.load import Document
from fleet.spec.plain import NOTHING, descend
from fleet.spec.problem import Path, render_path
from fleet.spec.suggest import did_you_mean

_PROFILE = "built-in profile"


@click.command()
@click.argument("cluster")
@click.argument("path", required=False, default="")
@file_option
@format_option
@reports_problems
def command(cluster: str, path: str, file: FilePath, output: str) -> None:
    """Print CLUSTER's value at PATH (as nodePools.general.max; all of them without one) and every layer that gives it, strongest first."""
    compiled = open_project(file).compile()
    instance = compiled.instances.get(cluster)
    if instance is None:
        raise click.UsageError(f'"{cluster}" is not a cluster of this fleet.{did_you_mean(cluster, compiled.instances)}')
    merged = merge_layers(instance.layers)
    rows: list[dict[str, Any]] = [
        {"path": render_path(where), "value": value, "from": _chain(compiled.document, instance, where)}
        for where, value in _leaves(_below(merged, _parse(path)), _parse(path))
    ]
    if output == "json":
        show_json(rows)
        return
    for row in rows:
        click.secho(f"{row['path']} = {json.dumps(row['value'])}", bold=True)
        for origin in row["from"]:
            click.echo(f"    {origin['at']}  {origin['layer']}: {json.dumps(origin['value'])}")


def _parse(text: str) -> Path:
    return tuple(int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", text))


def _below(data: object, path: Path) -> object:
    for depth, step in enumerate(path):
        below = descend(data, step)
        if below is NOTHING:
            known = list(map(str, data)) if isinstance(data, Mapping) else []
            raise click.UsageError(f"{render_path(path[: depth + 1])} is set by no layer.{did_you_mean(str(step), known)}")
        data = below
    return data


def _leaves(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(data, Mapping) and data:
        for key in sorted(data):
            yield from _leaves(data[key], (*path, key))
    else:
        yield path, data


def _chain(document: Document, instance: Instance, path: Path) -> list[dict[str, Any]]:
    chain = []
    for layer, part in origins(instance.layers, path):
        value: object = layer.data
        for step in part:
            value = descend(value, step)
        at = _PROFILE if layer.prefix is None else str(document.mark((*layer.prefix, *part)))
        chain.append({"at": at, "layer": "profile" if layer.prefix is None else render_path(layer.prefix), "value": value})
    if not chain and path[:1] == ("nodePools",) and len(path) > 2:
        chain.append({"at": _PROFILE, "layer": "profile.nodePool", "value": _below(profile()["nodePool"], path[2:])})
    return chain
