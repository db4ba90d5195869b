"""Every case of every policy meets both gates, which must say what the case's name says, in the same words."""

from __future__ import annotations

import pytest

from fleet.policies.opa import Outcome, Verdict
from fleet.policies.policy import Policy
from tests.policies.cases import OUTCOMES, POLICIES, Case, cases
from tests.policies.gates import before_pulumi, in_pulumi
from tests.policies.worlds import Inexpressible, blueprint

CASES = list(cases())


def expressible(case: Case) -> bool:
    try:
        blueprint(case)
    except Inexpressible:
        return False
    return True


def told(verdicts: tuple[Verdict, ...]) -> list[tuple[str, Outcome, list[tuple[str, str]]]]:
    """What a gate says of each subject, in the order of their names."""
    return sorted((one.check.subject.name, one.outcome, [(each.fact, each.message) for each in one.violations]) for one in verdicts)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_pack_says_what_the_case_says(case: Case) -> None:
    verdicts = in_pulumi(case)
    assert verdicts
    assert {verdict.outcome for verdict in verdicts} <= case.expected


@pytest.mark.parametrize("case", [case for case in CASES if expressible(case)], ids=str)
def test_both_gates_say_the_same(case: Case) -> None:
    before, inside = before_pulumi(case), in_pulumi(case)
    assert {verdict.outcome for verdict in before} <= case.expected

    assert told(before) == told(inside)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_a_policy_shows_a_good_and_a_bad_fleet_to_both_gates_and_an_undecided_one(policy: Policy) -> None:
    own = [case for case in CASES if case.policy is policy]
    for beginning in OUTCOMES:
        of_outcome = [case for case in own if case.name.startswith(beginning)]
        assert {case.cloud for case in of_outcome} == {"aws", "gcp"} or beginning == "undecided" and of_outcome
        assert beginning == "undecided" or any(map(expressible, of_outcome))
