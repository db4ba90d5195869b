"""The gate before Pulumi: every policy on the blueprint, each violation led back to the line that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal

from fleet.compile.fleet import Compiled
from fleet.policies.blueprint import subjects
from fleet.policies.opa import Verdict, evaluate
from fleet.policies.policy import read_policies
from fleet.policies.settings import checks, settings
from fleet.policies.subject import Subject
from fleet.spec.problem import Path, Problem

Severity = Literal["error", "warning", "undecided"]

_SETTINGS: dict[str, Path] = {
    "endpoint.public": ("controlPlane", "endpoint"),
    "endpoint.publicRanges": ("controlPlane", "publicCidrs"),
    "zones": ("zones",),
    "kubernetes": ("kubernetes",),
    "tags": ("tags",),
}
"""Fact of a cluster -> the setting that decides it."""


@dataclass(frozen=True)
class PolicyFinding:
    """What a policy says of one subject: `undecided` where it cannot say yet.

    problem: the policy's id is its code. subject: kind and name; fact: the one at fault.
    """

    severity: Severity
    problem: Problem
    subject: str
    fact: str


def judge(compiled: Compiled, place: FilePath, opa: FilePath) -> tuple[PolicyFinding, ...]:
    """All that breaks a policy of folder `place` or may yet do so. Raises SpecError for wrong settings, PolicyProblem for policies."""
    on = settings(compiled.document, read_policies(place))
    found = tuple(subject for stack in compiled.blueprint.stacks for subject in subjects(stack))
    verdicts = evaluate(opa, place, checks(on, found, compiled.instances))
    return tuple(finding for verdict in verdicts for finding in _findings(compiled, verdict))


def require_known(compiled: Compiled, place: FilePath) -> None:
    """Raise SpecError for settings of policies that do not exist, and ask no policy."""
    settings(compiled.document, read_policies(place))


def _findings(compiled: Compiled, verdict: Verdict) -> Iterator[PolicyFinding]:
    if verdict.outcome == "undecided":
        yield _finding(compiled, verdict, "undecided", next(iter(verdict.unknown)), verdict.undecided)
    severity: Severity = "error" if verdict.check.setting.action == "deny" else "warning"
    for violation in verdict.violations if verdict.outcome == "violated" else ():
        yield _finding(compiled, verdict, severity, violation.fact, violation.message)


def _finding(compiled: Compiled, verdict: Verdict, severity: Severity, fact: str, message: str) -> PolicyFinding:
    about = verdict.check.subject
    named = about.name if about.kind in ("cluster", "registeredCluster") else f"{about.kind} {about.name}"
    policy = verdict.check.setting.policy.id
    problem = compiled.document.problem(_origin(compiled, policy, about, fact), f"{named}: {message}", policy)
    return PolicyFinding(severity, problem, f"{about.kind} {about.name}", fact)


def _origin(compiled: Compiled, policy: str, about: Subject, fact: str) -> Path:
    """The path in fleet.yaml that decided a fact; where several clusters share the subject, that of the first.

    What no fleet can set but its policies ask for otherwise is decided there.
    """
    instance = compiled.instances[about.clusters[0]]
    entry, environment, region = instance.subject.cluster, instance.subject.environment, instance.subject.region
    if fact == "deletionProtection" or fact.startswith("environment"):
        return ("environments", environment, "protect")
    if fact == "regionJurisdiction":
        return ("regions", region, "jurisdiction")
    if fact in ("region", "jurisdiction"):
        return ("clusters", entry, "in", environment, compiled.document.spec.clusters[entry].in_[environment].index(region))
    if about.kind == "nodePool":
        return instance.origin(("nodePools", _pool(about), fact))
    if fact not in _SETTINGS and policy in compiled.document.spec.policies:
        return ("policies", policy)
    return instance.origin(_SETTINGS.get(fact, ()))


def _pool(about: Subject) -> str:
    cluster, zone = about.document["cluster"], about.document["zones"][-1]
    return about.name.removeprefix(f"{cluster}-pool-").removesuffix(f"-{zone}")
