"""The policies as Pulumi's SDK takes them.

Each is asked twice: about a resource on its own, so that what breaks it is never made, and about the whole stack, where it shows which
subnets a cluster lies in and whose key it uses. The second tells only what the first could not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from fleet.policies.settings import Setting
from policies.pack.adapters import is_judged
from policies.pack.court import Court
from policies.pack.resource import Resource, linked, single

UNDECIDED = "not-decidable-yet"
ACROSS = "across-resources"
_LEVELS = {"deny": EnforcementLevel.MANDATORY, "warn": EnforcementLevel.ADVISORY}
_Told = set[tuple[str, str]]


def policies(court: Court) -> list[Policy]:
    """All policies that are on, and one that tells what none of them can decide yet."""
    return [_undecided(court), *(policy for setting in court.settings for policy in _both(court, setting))]


def _both(court: Court, setting: Setting) -> tuple[Policy, Policy]:
    """One policy on single resources and on the stack. What the first told of (URN, message) the second does not tell again."""
    told: _Told = set()

    def on_resource(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if is_judged(args.resource_type):
            for urn, message in _violations(court, setting, [single(args)]):
                told.add((urn, message))
                report(message, None)

    def on_stack(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, message in _violations(court, setting, _of_stack(args)):
            if (urn, message) not in told:
                report(message, urn)

    policy, level = setting.policy, _LEVELS[setting.action]
    return (
        ResourceValidationPolicy(policy.id, policy.title, on_resource, level),
        StackValidationPolicy(f"{policy.id}-{ACROSS}", policy.title, on_stack, level),
    )


def _undecided(court: Court) -> Policy:
    def on_stack(args: StackValidationArgs, report: ReportViolation) -> None:
        for urn, verdict in court.judge(_of_stack(args)):
            if verdict.outcome == "undecided":
                report(f"{verdict.check.subject.name}: {verdict.check.setting.policy.id} is {verdict.undecided}.", urn)

    title = "What a policy cannot decide yet counts neither as a pass nor as a violation"
    return StackValidationPolicy(UNDECIDED, title, on_stack, EnforcementLevel.ADVISORY)


def _of_stack(args: StackValidationArgs) -> list[Resource]:
    return [linked(found) for found in args.resources if is_judged(found.resource_type)]


def _violations(court: Court, setting: Setting, resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """URN and message of whatever breaks one policy."""
    for urn, verdict in court.judge(resources):
        if verdict.check.setting.policy.id == setting.policy.id and verdict.outcome == "violated":
            for violation in verdict.violations:
                yield urn, f"{verdict.check.subject.name}: {violation.message} [{setting.policy.id}]\n{setting.policy.rationale}"
