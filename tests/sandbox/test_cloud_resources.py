"""Resources of the simulated clouds at the provider protocol: names, creates, reads, updates, deletes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from sandbox.cloud.protocol import provider_pb2
from sandbox.cloud.request import UNKNOWN, Caller, Stored, Unknown
from sandbox.cloud.values import SECRET, SIGNATURE, plain, wire
from tests.sandbox.cloud_client import (
    AWS,
    CRYPTO_KEY,
    GCP,
    KEY_RING,
    KMS_KEY,
    LOG_GROUP,
    NETWORK,
    ROLE,
    SUBNET,
    VPC,
    Client,
    Made,
    serving,
    urn,
)

STATEMENT = '{"Effect": "Allow", "Principal": {"Service": "%s.amazonaws.com"}, "Action": "sts:AssumeRole"}'
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
TRUST = '{"Version": "2012-10-17", "Statement": [' + STATEMENT + "]}"


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path, "aws", AWS) as client:
        yield client


@pytest.fixture
def gcp(tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path, "gcp", GCP) as client:
        yield client


def test_two_creates_of_one_vpc_make_two_vpcs(aws: Client) -> None:
    first, second = (aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"}) for _ in range(2))
    assert first.id != second.id
    assert len(aws.store.all(VPC)) == 2


def test_ids_and_arns_look_like_the_clouds(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    assert re.fullmatch(r"vpc-[0-9a-f]{17}", made.id)
    assert made.outputs["arn"] == f"arn:aws:ec2:eu-west-1:111111111111:vpc/{made.id}"
    assert re.fullmatch(r"rtb-[0-9a-f]{17}", str(made.outputs["mainRouteTableId"]))


def test_a_missing_name_is_generated_from_the_seed_and_kept(aws: Client) -> None:
    checked, _ = aws.check(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2"}, seed=b"one")
    assert re.fullmatch(r"node-[0-9a-f]{7}", str(checked["name"]))
    again, _ = aws.check(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2"}, olds=checked, seed=b"two")
    assert again["name"] == checked["name"]


def test_a_generated_name_differs_with_the_seed_and_a_given_one_is_left_alone(aws: Client) -> None:
    names = {str(aws.check(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2"}, seed=seed)[0]["name"]) for seed in (b"one", b"two")}
    assert len(names) == 2
    assert aws.check(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2", "name": "mine"})[0]["name"] == "mine"


def test_a_generated_name_on_gcp_is_lower_case_and_fits_in_63_letters(gcp: Client) -> None:
    checked, _ = gcp.check(NETWORK, "Main", {"autoCreateSubnetworks": False})
    assert re.fullmatch(r"main-[0-9a-f]{7}", str(checked["name"]))
    _, failures = gcp.check(NETWORK, "n" * 60, {"autoCreateSubnetworks": False})
    assert "longer than maximum length 63" in failures["name"]


def test_the_engine_s_own_naming_is_honoured(aws: Client) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    for naming, name, failed in ((options(proposed_name="dev-node"), "dev-node", []), (options(mode=options.DISABLE), None, ["name"])):
        news = wire({"assumeRolePolicy": TRUST % "ec2"})
        answer = aws.stub.Check(provider_pb2.CheckRequest(urn=urn(ROLE, "node"), news=news, randomSeed=b"x", autonaming=naming))
        assert (plain(answer.inputs).get("name"), [item.property for item in answer.failures]) == (name, failed)


def test_a_preview_makes_nothing_and_knows_what_can_be_known(aws: Client) -> None:
    id, outputs = aws.preview(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2", "name": "node"})
    assert (id, outputs["arn"]) == ("", "arn:aws:iam::111111111111:role/node")
    assert isinstance(outputs["uniqueId"], Unknown)
    assert aws.store.everything() == []


def test_a_preview_with_an_unknown_input_has_unknown_outputs(aws: Client) -> None:
    _, outputs = aws.preview(SUBNET, "a", {"vpcId": UNKNOWN, "cidrBlock": "10.0.1.0/24"})
    assert isinstance(outputs["vpcId"], Unknown)
    assert isinstance(outputs["arn"], Unknown)


def test_an_update_preview_knows_what_stays(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    after = aws.update(made, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}, preview=True)
    assert after.outputs["arn"] == made.outputs["arn"]
    assert after.outputs["tagsAll"] == {"a": "b"}
    assert aws.store.one(VPC, made.id).outputs["tagsAll"] == {}


def test_a_second_check_and_diff_of_the_same_inputs_shows_nothing(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"a.b": "c"}})
    assert aws.diff(made, {"cidrBlock": "10.0.0.0/16", "tags": {"a.b": "c"}}).changes == 1


def test_secrets_are_unwrapped_at_any_depth(aws: Client) -> None:
    secret = {SIGNATURE: SECRET, "value": {"k": "v"}}
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": secret})
    assert made.outputs["tags"] == {"k": "v"}


def test_a_refresh_returns_only_the_inputs_that_the_state_has(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    read = aws.read(VPC, made.id, made.inputs)
    assert (read.inputs, read.outputs) == (made.inputs, made.outputs)


@pytest.mark.parametrize(("path", "value"), [(["tags", "owner"], "nobody"), (["tags"], {"x": "y"}), (["enableDnsHostnames"], True)])
def test_a_refresh_finds_what_was_edited_in_the_cloud(aws: Client, path: list[str | int], value: object) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": False, "tags": {"owner": "us"}})
    aws.store.edit(VPC, made.id, path, value)
    read = aws.read(VPC, made.id, made.inputs)
    assert read.inputs != made.inputs
    assert aws.diff_checked(read, made.inputs).changes == 2


def test_a_refresh_of_what_is_gone_answers_no_id(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    aws.store.remove(VPC, made.id)
    assert aws.read(VPC, made.id, made.inputs).id == ""


def test_default_tags_of_the_provider_reach_every_taggable_resource(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", {**AWS, "defaultTags": '{"tags": {"fleet": "acme", "a": "1"}}'}) as client:
        made = client.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "2"}})
    assert made.outputs["tagsAll"] == {"fleet": "acme", "a": "2"}


def test_a_change_of_the_default_labels_changes_every_labelled_resource(tmp_path: Path) -> None:
    with serving(tmp_path, "gcp", GCP) as before:
        key = {"keyRing": before.create(KEY_RING, "ring", {"location": "europe-west4"}).id}
        made = before.create(CRYPTO_KEY, "key", key)
    with serving(tmp_path, "gcp", {**GCP, "defaultLabels": '{"fleet": "acme"}'}) as after:
        assert list(after.diff(made, key).detailedDiff) == ["effectiveLabels.fleet"]
        assert after.update(made, key).outputs["effectiveLabels"] == {"fleet": "acme", "goog-pulumi-provisioned": "true"}


def test_leaving_a_property_out_keeps_or_resets_it_as_the_table_says(aws: Client) -> None:
    key = aws.create(KMS_KEY, "key", {"enableKeyRotation": True, "keyUsage": "ENCRYPT_DECRYPT", "description": "mine"})
    after = aws.update(key, {"tags": {"a": "b"}})
    assert (after.outputs["enableKeyRotation"], after.outputs["description"]) == (False, "mine")


def test_an_update_of_what_is_gone_is_refused(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    aws.store.remove(VPC, made.id)
    with pytest.raises(grpc.RpcError, match="does not exist"):
        aws.update(made, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})


def test_a_delete_of_what_is_gone_is_no_error(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    aws.delete(made)
    aws.delete(made)
    assert aws.store.everything() == []


def test_a_name_that_is_taken_conflicts(aws: Client) -> None:
    aws.create(LOG_GROUP, "a", {"name": "/fleet/core"})
    with pytest.raises(grpc.RpcError, match=r"creating CloudWatch Logs Log Group \(/fleet/core\): .*StatusCode: 4"):
        aws.create(LOG_GROUP, "b", {"name": "/fleet/core"})
    assert len(aws.store.all(LOG_GROUP)) == 1


@pytest.mark.parametrize("type", [ATTACHMENT, "aws:iam/rolePolicy:RolePolicy"])
def test_putting_what_is_there_changes_it(aws: Client, type: str) -> None:
    role = aws.create(ROLE, "node", {"assumeRolePolicy": TRUST % "ec2", "name": "node"})
    own = {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"} if type == ATTACHMENT else {"name": "own", "policy": POLICY}
    first, second = (aws.create(type, "a", {"role": role.id, **own}) for _ in range(2))
    assert first.id == second.id
    assert len(aws.store.all(type)) == 1


def test_the_default_security_group_of_a_vpc_is_adopted(aws: Client) -> None:
    vpc = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    adopted = [aws.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed", {"vpcId": vpc.id}).id for _ in range(2)]
    assert adopted == [vpc.outputs["defaultSecurityGroupId"]] * 2


def test_what_is_told_to_stay_stays(aws: Client) -> None:
    aws.delete(aws.create(LOG_GROUP, "a", {"name": "/fleet/core", "skipDestroy": True}))
    assert [item.id for item in aws.store.all(LOG_GROUP)] == ["/fleet/core"]


def test_deleting_a_cluster_takes_what_lives_in_it(aws: Client) -> None:
    for id, type in (("core", "aws:eks/cluster:Cluster"), ("core:a", "aws:eks/addon:Addon"), ("other:a", "aws:eks/addon:Addon")):
        values = {"name": id} if id == "core" else {"clusterName": id.split(":")[0], "addonName": "a"}
        aws.store.insert(Stored(type, id, Caller("aws", "111111111111", "eu-west-1", ""), values, values))
    aws.delete(Made("aws:eks/cluster:Cluster", "core", "core", {"name": "core"}, {"name": "core"}))
    assert [item.id for item in aws.store.everything()] == ["other:a"]


def test_a_full_disk_is_said_in_one_sentence(aws: Client) -> None:
    aws.store.connection.execute("pragma max_page_count = 1")
    with pytest.raises(grpc.RpcError, match=r"cannot use their store \(database or disk is full\)"):
        for number in range(100):
            aws.create(VPC, f"v{number}", {"cidrBlock": "10.0.0.0/16", "tags": {"long": "x" * 200}})


def test_key_rings_and_keys_stay_and_block_their_name(gcp: Client) -> None:
    ring = gcp.create(KEY_RING, "ring", {"name": "ring", "location": "europe-west4"})
    gcp.delete(gcp.create(CRYPTO_KEY, "key", {"name": "key", "keyRing": ring.id}))
    gcp.delete(ring)
    assert [(item.type, item.kept) for item in gcp.store.everything()] == [(KEY_RING, "NEVER_DELETED"), (CRYPTO_KEY, "NEVER_DELETED")]
    with pytest.raises(grpc.RpcError, match="409"):
        gcp.create(KEY_RING, "ring", {"name": "ring", "location": "europe-west4"})


def test_a_key_that_waits_for_its_deletion_is_not_found(aws: Client) -> None:
    made = aws.create(KMS_KEY, "key", {})
    aws.delete(made)
    assert aws.store.one(KMS_KEY, made.id).kept == "PENDING_DELETION"
    assert aws.read(KMS_KEY, made.id).id == ""


def test_the_same_name_in_another_region_is_another_resource(tmp_path: Path) -> None:
    for region in ("eu-west-1", "us-east-1"):
        with serving(tmp_path, "aws", {**AWS, "region": region}) as client:
            made = client.create(LOG_GROUP, "a", {"name": "/fleet/core"})
            assert made.outputs["region"] == region
            assert len(client.store.all(LOG_GROUP)) == (1 if region == "eu-west-1" else 2)


def test_a_type_that_the_sdk_lacks_is_refused(aws: Client) -> None:
    _, failures = aws.check("aws:ec2/vcp:Vcp", "main", {})
    assert failures == {"": "aws:ec2/vcp:Vcp is no resource type of pulumi-aws 7.51.1"}
