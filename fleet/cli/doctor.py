"""Say which tools this machine has, from where and which version, and what to do about what is missing."""

import dataclasses
import json
import sys

import click


@click.command("doctor")
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")
def command(layout: str) -> None:
    """Say which tools are here, and what to do about those that are not.

    Builds and downloads nothing. Exit codes: 0 everything needed is here, 2 something is missing.
    """
    from toolchain.survey import Verdict, survey

    rows = survey()
    missing = [row.name for row in rows if row.verdict is Verdict.MISSING]
    if layout == "json":
        click.echo(json.dumps({"ready": not missing, "tools": [dataclasses.asdict(row) for row in rows]}, indent=2))
    else:
        for row in rows:
            click.echo(_line(row.name, row.verdict, row.version, f"{row.path} ({row.origin})" if row.path else "", row.todo))
    if missing:
        click.echo(f"Missing: {', '.join(missing)}.", err=True)
        sys.exit(2)


def _line(name: str, verdict: str, version: str, place: str, todo: str) -> str:
    return f"{name:<24}{verdict:<9}{version:<15}{'; '.join(part for part in (place, todo) if part)}".rstrip()
