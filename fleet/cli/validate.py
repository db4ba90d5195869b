"""Check fleet.yaml: form, references, what the clouds would refuse, what the policies forbid. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from fleet.cli._findings import Said, findings
from fleet.cli._project import Project, as_json, file_option, format_option, open_project, reports_problems, show_json
from fleet.compile.fleet import Compiled
from fleet.policies.gate import Severity
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
    told, unasked = findings(compiled, project.tree, day)
    counts = Counter(said.severity for said in told)
    if output == "json":
        problems = [as_json(said.problem, said.severity) for said in told]
        show_json({"problems": problems, "policiesNotEvaluated": unasked or None, **_summary(project, compiled)})
    else:
        _say(told)
        _say_summary(project, compiled, counts)
    if unasked:
        click.echo(f"{unasked[0].upper()}{unasked[1:]}.", err=True)
    if counts["error"]:
        raise click.exceptions.Exit(1)


def _say(told: Iterable[Said]) -> None:
    """One line for all clusters that one line of the spec brings under one rule or policy; the JSON has them all."""
    together: dict[tuple[str, Mark, Severity], list[Problem]] = {}
    for said in told:
        together.setdefault((said.problem.code, said.problem.mark, said.severity), []).append(said.problem)
    for (_, _, severity), members in sorted(together.items(), key=lambda item: (item[0][1], item[0][0])):
        more = f" (and {len(members) - 1} more like it from this line)" if len(members) > 1 else ""
        click.secho(f"{severity}: {members[0]}{more}", fg="red" if severity == "error" else "yellow")


def _summary(project: Project, compiled: Compiled) -> dict[str, object]:
    stacks = compiled.blueprint.stacks
    added = sorted(set(compiled.lock.clusters) - set(project.lock.lock.clusters))
    return {
        "clusters": sum(len(stack.clusters) for stack in stacks),
        "networks": sum(len(stack.networks) for stack in stacks),
        "stacks": len(stacks),
        "lockWouldAdd": added,
    }


def _say_summary(project: Project, compiled: Compiled, counts: Counter[Severity]) -> None:
    errors, warnings, undecided = counts["error"], counts["warning"], counts["undecided"]
    summary = _summary(project, compiled)
    added = summary["lockWouldAdd"]
    assert isinstance(added, list)
    if added:
        click.echo(f"fleet.lock.yaml does not have {', '.join(added)} yet; `fleet lock` adds them.", err=True)
    click.echo(
        f"{summary['clusters']} clusters, {summary['networks']} networks, {summary['stacks']} stacks: "
        f"{errors} {'error' if errors == 1 else 'errors'}, {warnings} {'warning' if warnings == 1 else 'warnings'}"
        f"{f', {undecided} not decidable yet' if undecided else ''}.",
        err=True,
    )
