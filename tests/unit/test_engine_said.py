"""What the engine says of a change, beside the plan: read from its preview, compared object by object, and shown at the top."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from fleet.diff.engine import Disagreement, Heard, Step, disagreements, heard
from fleet.diff.model import ABSENT, Change, Object, Reason, Risk
from fleet.report.page import as_page
from fleet.report.review_json import as_json
from tests.reviews import change, comment, review

CORE = Object("prod", "prod", "eu-west-1", "cluster", "core-prod-eu-west-1", "eks", True)
EKS = "aws:eks/cluster:Cluster"
CLUSTER = Step("replace", EKS, "core-prod-eu-west-1")
FILES = {
    "stacks/prod/core-prod-eu-west-1.json": b'{"kind":"eks","name":"core-prod-eu-west-1",'
    b'"environment":"prod","region":"eu-west-1","protect":true}',
    "stacks/prod/networks.json": b'{"environment":"prod","name":"prod","protect":true,"accounts":[],'
    b'"networks":[{"cloud":"aws","name":"prod-eu-west-1","region":"eu-west-1","protect":true,"slots":[]}]}',
}


def step(op: str, type: str, name: str, parents: str = "fleet:cluster:Eks$") -> dict[str, str]:
    return {"op": op, "urn": f"urn:pulumi:prod::fleet::{parents}{type}::{name}"}


def found(changes: Sequence[Change], *steps: Step, refused: tuple[str, ...] = ()) -> tuple[Disagreement, ...]:
    return disagreements(changes, [Heard("prod", steps, refused)], FILES, FILES)


def test_a_replacement_is_one_step_however_the_engine_lists_it() -> None:
    listed = [step(op, EKS, "core") for op in ("create-replacement", "replace", "delete-replaced")]
    assert heard("prod", {"steps": listed}).steps == (Step("replace", EKS, "core"),)


def test_only_what_clouds_and_clusters_hold_counts() -> None:
    listed = [
        step("update", "fleet:stack:Guard", "guard", ""),
        step("update", "pulumi:providers:aws", "aws", ""),
        step("same", EKS, "core"),
    ]
    assert heard("prod", {"steps": [*listed, step("update", EKS, "core")]}).counts == {"update": 1}


def test_the_engines_errors_are_told_once_each_and_its_warnings_not() -> None:
    said = [{"severity": severity, "message": f"{severity}\n"} for severity in ("warning", "error", "error")]
    assert heard("prod", {"diagnostics": said}).refused == ("error",)


def test_they_agree_where_both_replace() -> None:
    assert found([change(CORE, "version", "1", "2", Risk.REPLACE)], CLUSTER) == ()


def test_they_agree_where_a_cluster_goes() -> None:
    gone = Change(CORE, "", "eks", ABSENT, Risk.DESTROY, (Reason(EKS, "*", Risk.DESTROY, "gone"),))
    assert found([gone], replace(CLUSTER, op="delete")) == ()


def test_a_replacement_that_the_plan_calls_in_place_is_told() -> None:
    (one,) = found([change(CORE, "version", "1", "2", Risk.IN_PLACE)], CLUSTER)
    assert (one.object, one.riskier) == ("prod/core-prod-eu-west-1", "engine")
    assert one.text == f"the plan says in-place at worst; the engine would replace {EKS} core-prod-eu-west-1"


def test_a_step_on_what_the_plan_does_not_name_is_told() -> None:
    (one,) = found([], Step("update", "aws:ec2/vpc:Vpc", "prod-eu-west-1"))
    assert (one.object, one.riskier) == ("prod/prod-eu-west-1", "engine")


def test_a_subnet_is_its_networks_and_not_the_clusters_whose_name_it_bears() -> None:
    (one,) = found([], Step("update", "aws:ec2/subnet:Subnet", "prod-eu-west-1-core-prod-eu-west-1-nodes-euw1-az1"))
    assert one.object == "prod/prod-eu-west-1"


def test_a_replacement_that_the_engine_does_not_see_is_told() -> None:
    (one,) = found([change(CORE, "version", "1", "2", Risk.REPLACE)], Step("update", EKS, "core-prod-eu-west-1"))
    assert one.riskier == "plan" and "neither delete nor replace" in one.text


def test_where_the_table_says_maybe_the_engine_decides() -> None:
    maybe = Change(CORE, "version", "1", "2", Risk.REPLACE, (Reason(EKS, "version", Risk.REPLACE, "if lower", "maybe"),))
    assert found([maybe], Step("update", EKS, "core-prod-eu-west-1")) == found([maybe], CLUSTER) == ()


def test_a_cluster_that_loses_its_protection_is_the_same_cluster_on_both_sides() -> None:
    after = {path: content.replace(b'"protect":true', b'"protect":false') for path, content in FILES.items()}
    retired = [change(CORE, "protect", True, False)]
    said = Heard("prod", (Step("update", EKS, "core-prod-eu-west-1"),))
    assert disagreements(retired, [said], FILES, after) == disagreements(retired, [said], after, FILES) == ()


def test_a_renamed_cluster_is_known_by_its_first_name() -> None:
    path = "stacks/prod/base-prod-eu-west-1.json"
    former = FILES["stacks/prod/core-prod-eu-west-1.json"]
    renamed = former.replace(b'"name":"core-prod-eu-west-1"', b'"name":"base-prod-eu-west-1","formerly":"core-prod-eu-west-1"')
    resized = change(replace(CORE, name="base-prod-eu-west-1"), "nodePools[general].max", 6, 9)
    said = Heard("prod", (Step("update", "aws:eks/nodeGroup:NodeGroup", "core-prod-eu-west-1-pool-general"),))
    assert disagreements([resized], [said], FILES, {path: renamed}) == ()


def test_nodes_that_roll_are_an_update_to_the_engine() -> None:
    rolling = change(CORE, "nodePools[general].version", "1", "2", Risk.ROLLING)
    assert found([rolling], Step("update", "aws:eks/nodeGroup:NodeGroup", "core-prod-eu-west-1-pool-general")) == ()


def test_an_engine_that_refuses_has_no_steps_to_compare() -> None:
    assert found([change(CORE, "version", "1", "2", Risk.REPLACE)], refused=("unable to replace: protected",)) == ()


@pytest.mark.parametrize("flavour", ["github", "gitlab", "flat"])
def test_a_disagreement_is_on_the_first_screen(flavour: str) -> None:
    text = comment(
        review([change(CORE, "version", "1", "2")], engine=[Heard("prod", (CLUSTER,))], disagreements=found([], CLUSTER)), flavour
    )
    top = "\n".join(text.splitlines()[:20])
    assert "The engine disagrees with the plan" in top and "disagrees with the plan 1 time in 1 stack" in text
    assert "`core-prod-eu-west-1`" in text.partition("What the engine says")[2]


def test_agreement_refusal_and_silence_are_told_apart() -> None:
    said = [Heard("dev", (Step("update", EKS, "core"),)), Heard("prod", refused=("unable to replace",)), Heard("qa", unasked="no room")]
    text = comment(review([change(CORE, "version", "1", "2")], engine=said))
    assert "**Engine** agrees with the plan in 1 stack; refuses the update of `prod`; could not be asked of `qa`" in text
    assert "- `dev`: 1 to update" in text and "refuses: unable to replace" in text and "`qa`: no room" in text


def test_without_the_engine_nothing_is_said_of_it() -> None:
    assert "ngine" not in comment(review([change(CORE, "version", "1", "2")]))


def test_a_comment_with_ten_thousand_steps_stays_within_its_bytes() -> None:
    steps = tuple(Step("replace", EKS, f"cluster-{index}") for index in range(10_000))
    shown = review([change(CORE, "version", "1", "2")], engine=[Heard("prod", steps)], disagreements=found([], CLUSTER) * 10_000)
    assert len(comment(shown).encode()) < 60_000
    assert len(as_json(shown)["engine"][0]["steps"]) == 10_000
    assert "cluster-9999" in as_page(shown)


def test_secrets_in_the_engines_errors_are_hidden() -> None:
    shown = review([change(CORE, "version", "1", "2")], engine=[Heard("prod", refused=("https://user:hunter2@host",))])
    assert "hunter2" not in comment(shown) + as_page(shown) + json.dumps(as_json(shown))
