"""What the rules say of a compiled fleet, with the line of each finding; shared by validate and pr."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fleet.cli._at import open_project_at
from fleet.compile.fleet import Compiled
from fleet.rules.context import Context
from fleet.rules.registry import check
from fleet.rules.rule import Finding
from fleet.spec.problem import Problem, SpecError


def findings(compiled: Compiled, today: date) -> list[tuple[Finding, Problem]]:
    """Every finding with its problem, which knows the line of fleet.yaml."""
    found = check(Context(compiled.document.spec, compiled.blueprint, today))
    return [(finding, _located(compiled, finding)) for finding in found]


def new_findings(file: Path, base: str, compiled: Compiled, today: date) -> tuple[Sequence[Problem], str]:
    """What rules say of the head and did not say of the base, and why the base could not be checked (empty when it could)."""
    head = findings(compiled, today)
    try:
        with open_project_at(file, base) as project:
            old = {_identity(finding) for finding, _ in findings(project.compile(), today)}
    except SpecError as error:
        return [problem for _, problem in head], f"the base could not be checked: {str(error).splitlines()[0]}"
    return [problem for finding, problem in head if _identity(finding) not in old], ""


def _identity(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, finding.subject, finding.path)


def _located(compiled: Compiled, finding: Finding) -> Problem:
    if finding.subject in compiled.instances:
        path = compiled.instances[finding.subject].origin(finding.path)
        message = finding.message if finding.subject in finding.message else f"{finding.subject}: {finding.message}"
        return compiled.document.problem(path, message, finding.rule)
    return compiled.document.problem(finding.path, finding.message, finding.rule)
