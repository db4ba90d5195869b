"""Check fleet.yaml: form, references, what the clouds would refuse. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from fleet.cli._findings import findings
from fleet.cli._project import Project, as_json, file_option, format_option, open_project, reports_problems, show_json
from fleet.compile.fleet import Compiled
from fleet.rules.rule import Finding
from fleet.spec.problem import Mark, Problem


@click.command()
@file_option
@format_option
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day to measure ends of support from (default: today).")
@reports_problems
def command(file: Path, output: str, today: object) -> None:
    """Check the fleet file and say everything that is wrong with it at once."""
    project = open_project(file)
    compiled = project.compile()
    day = getattr(today, "date", date.today)()
    found = findings(compiled, day)
    errors = sum(finding.severity == "error" for finding, _ in found)
    if output == "json":
        show_json({"problems": [as_json(problem, finding.severity) for finding, problem in found], **_summary(project, compiled)})
    else:
        _say_findings(found)
        _say_summary(project, compiled, errors, len(found) - errors)
    if errors:
        raise click.exceptions.Exit(1)


def _say_findings(found: Iterable[tuple[Finding, Problem]]) -> None:
    """One line for all clusters that one line of the spec brings under one rule; the JSON has them all."""
    together: dict[tuple[str, Mark], list[tuple[Finding, Problem]]] = {}
    for finding, problem in found:
        together.setdefault((finding.rule, problem.mark), []).append((finding, problem))
    for _, members in sorted(together.items(), key=lambda item: (item[0][1], item[0][0])):
        finding, problem = members[0]
        more = f" (and {len(members) - 1} more like it from this line)" if len(members) > 1 else ""
        click.secho(f"{finding.severity}: {problem}{more}", fg="red" if finding.severity == "error" else "yellow")


def _summary(project: Project, compiled: Compiled) -> dict[str, object]:
    stacks = compiled.blueprint.stacks
    added = sorted(set(compiled.lock.clusters) - set(project.lock.lock.clusters))
    return {
        "clusters": sum(len(stack.clusters) for stack in stacks),
        "networks": sum(len(stack.networks) for stack in stacks),
        "stacks": len(stacks),
        "lockWouldAdd": added,
    }


def _say_summary(project: Project, compiled: Compiled, errors: int, warnings: int) -> None:
    summary = _summary(project, compiled)
    added = summary["lockWouldAdd"]
    assert isinstance(added, list)
    if added:
        click.echo(f"fleet.lock.yaml does not have {', '.join(added)} yet; `fleet lock` adds them.", err=True)
    click.echo(
        f"{summary['clusters']} clusters, {summary['networks']} networks, {summary['stacks']} stacks: "
        f"{errors} {'error' if errors == 1 else 'errors'}, {warnings} {'warning' if warnings == 1 else 'warnings'}.",
        err=True,
    )
