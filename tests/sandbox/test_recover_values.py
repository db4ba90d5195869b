"""Recovery's values: locks, what is wanted, how it is found, and the state as the engine would have written it."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import replace

import pytest

from fleet.recover import adoption, checkpoint, lock, wanted
from fleet.recover.cloud import Live
from fleet.recover.identity import filled, fits, id_from_arn, identities, identity
from fleet.recover.report import Line
from fleet.recover.search import Sighting, object_of

STACK = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
AWS = "urn:pulumi:dev::fleet::pulumi:providers:aws::aws"
VPC = "urn:pulumi:dev::fleet::aws:ec2/vpc:Vpc::net"
SUBNET = "urn:pulumi:dev::fleet::aws:ec2/subnet:Subnet::net-a"
MESSAGE = """error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or ...
  file:///b/.pulumi/locks/organization/fleet/dev/b.json?no_tmp_dir=true: created by ann@runner-2 (pid 12) at 2026-11-24T09:00:00Z
  s3://b/.pulumi/locks/organization/fleet/dev/a.json: created by root@{host} (pid {pid}) at 2026-11-24T08:00:00Z
"""


def resource(urn: str, id: str = "", **more: object) -> dict[str, object]:
    custom = {"custom": True, "id": id} if id else {}
    return {"urn": urn, "type": urn.split("::")[2].rpartition("$")[2], **custom, **more}


def state(*resources: dict[str, object], pending: list[dict[str, object]] | None = None) -> dict[str, object]:
    return {"version": 3, "deployment": {"resources": list(resources), "pending_operations": pending or []}}


def vpc(id: str, **more: object) -> dict[str, object]:
    return resource(VPC, id, provider=f"{AWS}::p1", parent=STACK, **more)


def urns(document: dict[str, object]) -> list[str]:
    return [item["urn"] for item in checkpoint.resources(document)]


# --- locks ---------------------------------------------------------------------------------------------------------------------------


def test_the_locks_in_pulumis_message_are_read_oldest_first() -> None:
    found = lock.parse(MESSAGE.format(host="here", pid=34))
    assert [(item.user, item.host, item.pid) for item in found] == [("root", "here", 34), ("ann", "runner-2", 12)]


def a_lock(pid: int, host: str | None = None) -> lock.Lock:
    return lock.Lock("file:///x", "root", host or socket.gethostname(), pid, "2026-11-24T08:00:00Z")


def test_a_lock_of_another_host_cannot_be_judged_here() -> None:
    assert lock.holder(a_lock(os.getpid(), "elsewhere.example")) == "elsewhere"


def test_a_lock_whose_process_is_gone_is_dead() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert lock.holder(a_lock(child)) == "dead"


def test_a_process_that_is_no_pulumi_does_not_hold_a_lock() -> None:
    assert lock.holder(a_lock(os.getpid())) == "dead"


# --- what is wanted ------------------------------------------------------------------------------------------------------------------


def test_pending_creates_beat_the_preview_because_their_names_are_final() -> None:
    pending = [{"type": "creating", "resource": resource(VPC, inputs={"name": "net-1234567"}) | {"custom": True}}]
    preview = {"steps": [{"op": "create", "urn": VPC, "newState": resource(VPC, inputs={"name": "net-abcdef0"}) | {"custom": True}}]}
    (found,) = wanted.wanted(state(pending=pending), preview)
    assert (found.begun, found.inputs["name"]) == (True, "net-1234567")


@pytest.mark.parametrize(
    "inputs",
    [{"vpcId": wanted.UNKNOWN}, {"tags": {"a": wanted.HIDDEN}}, {"list": [{"4dabf18193072939515e22adb298388d": "x", "ciphertext": "y"}]}],
)
def test_inputs_that_are_unknown_or_secret_cannot_be_compared(inputs: dict[str, object]) -> None:
    assert not wanted.Wanted(resource(VPC, inputs=inputs), False).settled


@pytest.mark.parametrize(
    "inputs",
    [
        {"tags": {"fleet:resource": "dev/net/aws:ec2/vpc:Vpc"}},
        {"resourceLabels": {"fleet-resource": "dev/net/aws:ec2/vpc:Vpc"}},
        {"description": "dev/net/aws:ec2/vpc:Vpc"},
    ],
)
def test_our_mark_is_a_tag_a_label_or_a_description(inputs: dict[str, object]) -> None:
    assert wanted.mark(inputs) == "dev/net/aws:ec2/vpc:Vpc"


def test_an_object_of_kubernetes_bears_its_mark_as_an_annotation() -> None:
    assert wanted.mark({"metadata": {"annotations": {"fleet/resource": "dev/quota/kubernetes:core/v1:ResourceQuota"}}}) is not None
    assert wanted.mark({"metadata": {"name": "quota"}}) is None


def test_an_ordinary_description_is_no_mark() -> None:
    assert wanted.mark({"description": "Encrypts what net stores"}) is None


# --- identity ------------------------------------------------------------------------------------------------------------------------


def test_every_row_says_how_and_from_where() -> None:
    for row in identities().values():
        assert row.source and bool(row.id) == (row.how != "none"), row.type
        assert (row.how == "name") == (not row.place), row.type
        assert (row.how == "ask") == bool(row.arguments and row.items and row.match), row.type
        if row.how == "tag":
            assert set(re.compile(row.place).groupindex), row.type


@pytest.mark.parametrize(
    ("type", "inputs", "id"),
    [
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "shop"}}, "shop"),
        ("kubernetes:example.com/v1:Widget", {"metadata": {"name": "w", "namespace": "shop"}}, "shop/w"),
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "s", "namespace": wanted.UNKNOWN}}, None),
        ("kubernetes:helm.sh/v3:Release", {"name": "r", "namespace": "addons"}, "addons/r"),
    ],
)
def test_any_object_of_kubernetes_is_found_by_its_place(type: str, inputs: dict[str, object], id: str | None) -> None:
    row = identity(type)
    assert row is not None
    assert filled(row.id, {**inputs, **object_of(inputs.get("metadata"))}) == id


@pytest.mark.parametrize(
    ("type", "arn", "id"),
    [
        ("aws:ec2/vpc:Vpc", "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-0a1", "vpc-0a1"),
        ("aws:ec2/vpc:Vpc", "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-0a1", None),
        ("aws:kms/key:Key", "arn:aws-cn:kms:cn-north-1:111111111111:key/1234-5", "1234-5"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "arn:aws:eks:eu-west-1:1:podidentityassociation/core/a-x1", "core,a-x1"),
    ],
)
def test_an_id_is_read_from_an_arn_of_the_right_kind_only(type: str, arn: str, id: str | None) -> None:
    assert id_from_arn(identities()[type], arn) == id


def test_a_template_waits_for_values_that_are_not_known_yet() -> None:
    assert filled("{subnetId}/{routeTableId}", {"subnetId": "subnet-1", "routeTableId": wanted.UNKNOWN}) is None
    assert filled("{subnetId}/{routeTableId}", {"subnetId": "subnet-1", "routeTableId": "rtb-1"}) == "subnet-1/rtb-1"


def test_generated_names_fit_by_their_stem_and_given_names_only_whole() -> None:
    assert fits("keys-0a1b2c3", "keys-ffff000")
    assert not fits("keys-0a1b2c3", "keyring-ffff000")
    assert not fits("keys-0a1b2c3", "keys")
    assert not fits("keys", "keys-0a1b2c3")


# --- the state -----------------------------------------------------------------------------------------------------------------------


def test_an_adopted_resource_comes_after_what_it_depends_on_and_before_what_depends_on_it() -> None:
    before = state(resource(STACK), resource(AWS, "p1"), resource(SUBNET, "subnet-1", dependencies=[VPC], provider=f"{AWS}::p1"))
    after = checkpoint.edited(before, [vpc("vpc-1")], [], [])
    assert urns(after) == [STACK, AWS, VPC, SUBNET]


def test_nothing_stays_pending() -> None:
    before = state(resource(STACK), pending=[{"type": "creating", "resource": resource(VPC)}])
    assert checkpoint.pending(before) and not checkpoint.pending(checkpoint.edited(before, [], [], []))


def test_an_adopted_replacement_leaves_the_old_one_to_be_deleted() -> None:
    after = checkpoint.edited(state(resource(STACK), resource(AWS, "p1"), vpc("vpc-old")), [vpc("vpc-new")], [], [])
    assert [(item["id"], item.get("delete")) for item in checkpoint.resources(after)[2:]] == [("vpc-new", None), ("vpc-old", True)]


def test_one_that_was_deleted_before_its_replacement_is_not_deleted_again() -> None:
    after = checkpoint.edited(state(resource(AWS, "p1"), vpc("vpc-old", pendingReplacement=True)), [vpc("vpc-new")], [], [])
    assert [item["id"] for item in checkpoint.resources(after)] == ["p1", "vpc-new"]


def test_what_the_cloud_has_no_more_is_dropped_by_urn_and_id() -> None:
    after = checkpoint.edited(state(vpc("vpc-1"), vpc("vpc-2", delete=True)), [], [], [(VPC, "vpc-2")])
    assert [item["id"] for item in checkpoint.resources(after)] == ["vpc-1"]


def test_a_refreshed_resource_stays_in_its_place() -> None:
    after = checkpoint.edited(state(vpc("vpc-1"), resource(SUBNET, "subnet-1")), [], [vpc("vpc-1", inputs={"a": 1})], [])
    assert [item.get("inputs") for item in checkpoint.resources(after)] == [{"a": 1}, None]


# --- adoption ------------------------------------------------------------------------------------------------------------------------


def sighting(inputs: dict[str, object], live: dict[str, object], **options: object) -> Sighting:
    item = wanted.Wanted({**resource(VPC, inputs=inputs), "custom": True, "provider": f"{AWS}::{wanted.UNKNOWN}", **options}, False)
    return Sighting(item, Live("vpc-1", live, {**live, "arn": "arn:x"}), "by its tag")


def test_an_adopted_resource_holds_what_the_program_sets_with_the_clouds_values() -> None:
    found = adoption.adopt(sighting({"a": 1, "tags": {"x": "1"}}, {"a": 2, "tags": {"x": "1", "y": "2"}, "region": "eu-west-1"}))
    assert found.resource["inputs"] == {"a": 2, "tags": {"x": "1"}}
    assert found.resource["outputs"]["arn"] == "arn:x"
    assert found.line == Line("adopted", VPC, "vpc-1", "the cloud has it, the state lost it; found by its tag")


def test_what_is_found_before_it_is_whole_has_the_next_update_see_to_it() -> None:
    found = sighting({"a": 1}, {"a": 1})
    assert found.live is not None
    half = replace(found.live, unready=("available replicas: 0 of 1",))
    assert adoption.adopt(replace(found, live=half)).resource["initErrors"] == ["available replicas: 0 of 1"]
    assert adoption.refreshed(vpc("vpc-1"), half)["initErrors"] == ["available replicas: 0 of 1"]
    assert "initErrors" not in adoption.adopt(found).resource
    assert "initErrors" not in adoption.refreshed(vpc("vpc-1"), found.live)


def test_outputs_that_the_program_calls_secret_are_secret_in_the_state() -> None:
    found = adoption.adopt(sighting({"a": 1}, {"a": 1}, additionalSecretOutputs=["arn"]))
    assert found.resource["outputs"]["arn"] == {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '"arn:x"',
    }


def test_the_components_and_providers_an_adopted_resource_hangs_on_come_with_it() -> None:
    component = "urn:pulumi:dev::fleet::fleet:network:Aws::net"
    missing = [
        wanted.Wanted(resource(STACK), False),
        wanted.Wanted(resource(component, parent=STACK), False),
        wanted.Wanted({**resource(AWS, inputs={"region": "eu-west-1"}, parent=STACK), "custom": True}, False),
    ]
    found = adoption.adopt(sighting({"a": 1}, {"a": 1}, parent=component, dependencies=[SUBNET], protect=True))
    new = adoption.support(state(), missing, [found])
    assert [item["urn"] for item in new] == [STACK, component, AWS, VPC]
    provider, adopted = new[2], new[3]
    assert adopted["provider"] == f"{AWS}::{provider['id']}"
    assert adopted["protect"] is True
    assert adopted["dependencies"] == [], "what is not in the state cannot be depended on"


def test_an_untouched_line_reads_as_a_sentence() -> None:
    line = Line("adopted", "urn:pulumi:dev::fleet::fleet:network:Aws$aws:ec2/vpc:Vpc::net", "vpc-1", "found by its tag")
    assert line.text(False) == "adopted aws:ec2/vpc:Vpc net (vpc-1): found by its tag"
    assert replace(line, urn="").text(True) == "would be adopted (vpc-1): found by its tag"
