"""The engine's events, condensed: counts, failures in full, nothing of what is only chatter."""

from __future__ import annotations

import json
from itertools import count

from sandbox.shell.progress import Progress

URN = "urn:pulumi:dev::fleet::fleet:network:Aws$aws:ec2/vpc:Vpc::net"


def follow(*events: dict[str, object], seconds_per_look: float = 0.0) -> tuple[Progress, list[str]]:
    said: list[str] = []
    ticks = count()
    progress = Progress(said.append, lambda: next(ticks) * seconds_per_look)
    progress.follow([json.dumps(event) for event in events])
    return progress, said


def outputs(op: str, provider: str = "urn:pulumi:dev::fleet::pulumi:providers:aws::aws::p1") -> dict[str, object]:
    return {"resOutputsEvent": {"metadata": {"op": op, "type": "aws:ec2/vpc:Vpc", "urn": URN, "provider": provider}}}


def test_what_was_done_is_counted_by_verb_and_sames_are_not() -> None:
    progress, _ = follow(outputs("create"), outputs("create"), outputs("update"), outputs("same"), outputs("delete-replaced"))
    assert progress.counts() == "created 2, updated 1, deleted 1"


def test_components_and_providers_are_not_counted() -> None:
    assert follow(outputs("create", ""))[0].counts() == "no changes"


def test_a_line_now_and_then_says_how_far_it_is() -> None:
    _, said = follow(*[outputs("create")] * 6, seconds_per_look=0.7)
    assert 1 <= len(said) < 6
    assert "aws:ec2/vpc:Vpc net" in said[0]


def test_an_error_is_told_in_full_with_its_resource_and_without_colour_codes() -> None:
    _, said = follow(
        {"diagnosticEvent": {"severity": "error", "urn": URN, "message": "<{%fg 1%}>creating VPC: VpcLimitExceeded<{%reset%}>"}}
    )
    assert said == ["  error: aws:ec2/vpc:Vpc net: creating VPC: VpcLimitExceeded"]


def test_progress_texts_and_debug_are_not_told() -> None:
    chatter = {"severity": "info", "message": "waiting", "ephemeral": True}
    assert follow({"diagnosticEvent": chatter}, {"diagnosticEvent": {**chatter, "ephemeral": False, "severity": "debug"}})[1] == []


def test_a_failed_resource_is_remembered() -> None:
    progress, _ = follow({"resOpFailedEvent": {"metadata": {"urn": URN, "op": "create"}}})
    assert progress.failed == [URN]


def test_what_is_no_event_is_passed_on() -> None:
    said: list[str] = []
    Progress(said.append, lambda: 0.0).follow(["error: the stack is currently locked by 1 lock(s)\n", "\n", "{ not json\n"])
    assert said == ["  error: the stack is currently locked by 1 lock(s)", "  { not json"]
