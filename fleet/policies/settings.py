"""What a fleet says of its policies: which act how, on which clusters, with which parameters; all are on where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fleet.compile.instances import Instance
from fleet.compile.layers import Match, matcher
from fleet.policies.policy import Policy
from fleet.policies.subject import Subject
from fleet.spec.load import Document
from fleet.spec.model import PolicySettings
from fleet.spec.problem import Path, SpecError
from fleet.spec.suggest import did_you_mean


@dataclass(frozen=True)
class Setting:
    """A policy that is on. match: None for every cluster; parameters: all of them, the policy's own where the fleet gives none."""

    policy: Policy
    action: Literal["deny", "warn"]
    match: Match | None
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One question: does this subject break this policy?"""

    setting: Setting
    subject: Subject


def settings(document: Document, policies: tuple[Policy, ...]) -> tuple[Setting, ...]:
    """The policies that are on in a fleet. Raises SpecError for policies and parameters that do not exist or do not fit."""
    problems = [document.problem(where, message) for where, message in _flaws(document, policies)]
    if problems:
        raise SpecError(problems)
    given = document.spec.policies
    return tuple(made for policy in policies if (made := setting(policy, given.get(policy.id) or PolicySettings())) is not None)


def setting(policy: Policy, given: PolicySettings) -> Setting | None:
    """One policy with what a fleet says of it; None where it is off."""
    action = given.action or policy.action
    if action == "off":
        return None
    parameters = {name: parameter.default for name, parameter in policy.parameters.items()} | given.parameters
    return Setting(policy, action, matcher(given.match) if given.match else None, parameters)


def checks(on: tuple[Setting, ...], subjects: tuple[Subject, ...], instances: Mapping[str, Instance]) -> tuple[Check, ...]:
    """Every policy on every subject of a kind it is about that serves a matching cluster."""
    return tuple(
        Check(setting, subject)
        for setting in on
        for subject in subjects
        if subject.kind in setting.policy.facts and _matches(setting, subject, instances)
    )


def _matches(setting: Setting, subject: Subject, instances: Mapping[str, Instance]) -> bool:
    if setting.match is None:
        return True
    return any(setting.match.accepts(instances[name].subject) for name in subject.clusters)


def _flaws(document: Document, policies: tuple[Policy, ...]) -> Iterator[tuple[Path, str]]:
    by_id = {policy.id: policy for policy in policies}
    for name, given in document.spec.policies.items():
        at: Path = ("policies", name)
        if name not in by_id:
            yield at, f'there is no policy "{name}".{did_you_mean(name, by_id)}'
            continue
        known = by_id[name].parameters
        for parameter, value in (given.parameters if given else {}).items():
            where = (*at, "parameters", parameter)
            if parameter not in known:
                yield where, f'policy "{name}" has no parameter "{parameter}".{did_you_mean(parameter, known)}'
            elif flaw := known[parameter].flaw(value):
                yield where, f"{flaw}."
