"""Check fleet.yaml: form, references, what the clouds would refuse, what the policies forbid. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from fleet.cli._findings import findings
from fleet.cli._project import Project, as_json, file_option, format_option, open_project, reports_problems, show_json
from fleet.compile.fleet import Compiled
from fleet.policies.gate import PolicyFinding, Severity, judge, require_known
from fleet.policies.problem import PolicyProblem
from fleet.spec.problem import Mark, Problem
from toolchain.resolve import locate
from toolchain.tools import named


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
    told: list[tuple[Severity, Problem]] = [(finding.severity, problem) for finding, problem in findings(compiled, day)]
    policies, unasked = _policies(project, compiled)
    told += [(finding.severity, finding.problem) for finding in policies]
    counts = Counter(severity for severity, _ in told)
    if output == "json":
        problems = [as_json(problem, severity) for severity, problem in told]
        show_json({"problems": problems, "policiesNotEvaluated": unasked, **_summary(project, compiled)})
    else:
        _say(told)
        _say_summary(project, compiled, counts)
    if unasked:
        click.echo(unasked, err=True)
    if counts["error"]:
        raise click.exceptions.Exit(1)


def _policies(project: Project, compiled: Compiled) -> tuple[tuple[PolicyFinding, ...], str | None]:
    """What the policies say, and where OPA is not at hand the line that says so."""
    opa = locate(named("opa"))
    if opa is None:
        require_known(compiled, project.root)
        return (), "The policies were not evaluated: OPA is missing. `make toolchain` builds it."
    try:
        return judge(compiled, project.root, opa.path), None
    except PolicyProblem as problem:
        raise click.ClickException(str(problem)) from None


def _say(told: Iterable[tuple[Severity, Problem]]) -> None:
    """One line for all clusters that one line of the spec brings under one rule or policy; the JSON has them all."""
    together: dict[tuple[str, Mark, Severity], list[Problem]] = {}
    for severity, problem in told:
        together.setdefault((problem.code, problem.mark, severity), []).append(problem)
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
