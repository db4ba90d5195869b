"""What rules and policies say of a compiled fleet, with the line of each finding; shared by validate and pr."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fleet.cli._at import open_project_at
from fleet.compile.fleet import Compiled
from fleet.policies.gate import PolicyFinding, Severity, judge, require_known
from fleet.policies.policy import folder
from fleet.policies.problem import PolicyProblem
from fleet.rules.context import Context
from fleet.rules.registry import check
from fleet.rules.rule import Finding
from fleet.spec.problem import Problem, SpecError
from toolchain.resolve import locate
from toolchain.tools import named


@dataclass(frozen=True)
class Said:
    """One finding of a rule or a policy. identity: equal in two versions of a fleet when they are told the same."""

    severity: Severity
    problem: Problem
    identity: Hashable


@dataclass(frozen=True)
class New:
    """What is said of the head and was not said of the base.

    base_problem: why the base could not be checked, unasked: why no policy was asked; each empty where that is not so.
    """

    problems: Sequence[Problem]
    base_problem: str
    unasked: str


def findings(compiled: Compiled, tree: Path, today: date) -> tuple[list[Said], str]:
    """All that is said of a fleet by its rules and the policies of `tree`, and why no policy was asked (else empty).

    Raises SpecError, PolicyProblem.
    """
    place = folder(tree)
    rules = [_of_rule(compiled, finding) for finding in check(Context(compiled.document.spec, compiled.blueprint, today))]
    opa = locate(named("opa"))
    if opa is None:
        require_known(compiled, place)
        return rules, "the policies were not evaluated: OPA is missing. `make toolchain` builds it"
    return [*rules, *map(_of_policy, judge(compiled, place, opa.path))], ""


def new_findings(file: Path, base: str, compiled: Compiled, tree: Path, today: date) -> New:
    """What is said of the head by its rules and policies and was not said of the base by its own. Raises SpecError, PolicyProblem."""
    head, unasked = findings(compiled, tree, today)
    try:
        with open_project_at(file, base) as before:
            old = {said.identity for said in findings(before.compile(), before.tree, today)[0]}
    except (SpecError, PolicyProblem) as error:
        return New([said.problem for said in head], f"the base could not be checked: {str(error).splitlines()[0]}", unasked)
    return New([said.problem for said in head if said.identity not in old], "", unasked)


def _of_rule(compiled: Compiled, finding: Finding) -> Said:
    return Said(finding.severity, _located(compiled, finding), (finding.rule, finding.subject, finding.path))


def _of_policy(finding: PolicyFinding) -> Said:
    """A policy that denies what it only warned of says something new."""
    return Said(finding.severity, finding.problem, (finding.problem.code, finding.severity, finding.subject, finding.fact))


def _located(compiled: Compiled, finding: Finding) -> Problem:
    if finding.subject in compiled.instances:
        path = compiled.instances[finding.subject].origin(finding.path)
        message = finding.message if finding.subject in finding.message else f"{finding.subject}: {finding.message}"
        return compiled.document.problem(path, message, finding.rule)
    return compiled.document.problem(finding.path, finding.message, finding.rule)
