"""A provider instance's configuration and the questions it answers."""

from __future__ import annotations

import json
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2

from sandbox.cloud.protocol import provider_pb2
from sandbox.cloud.request import UNKNOWN
from sandbox.cloud.values import wire
from tests.sandbox.cloud_client import AWS, GCP, KEY_RING, LOG_GROUP, VPC, Values, connected, serving

ROLE = "arn:aws:iam::111111111111:role/deployer"
WHO = "aws:index/getCallerIdentity:getCallerIdentity"
RESOURCES = "aws:resourcegroupstaggingapi/getResources:getResources"


def role(arn: str) -> dict[str, object]:
    return {**AWS, "assumeRoles": json.dumps([{"roleArn": arn}])}


def test_the_version_is_the_sdk_s(tmp_path: Path) -> None:
    with connected(tmp_path, "aws") as client:
        assert client.stub.GetPluginInfo(empty_pb2.Empty()).version == "7.51.1"


def test_nothing_is_served_before_it_is_configured(tmp_path: Path) -> None:
    with connected(tmp_path, "aws") as client, pytest.raises(grpc.RpcError, match="was not configured"):
        client.check(VPC, "main", {})


def test_there_is_no_schema_and_there_are_no_components(tmp_path: Path) -> None:
    with connected(tmp_path, "aws") as client:
        for call in (client.stub.GetSchema, client.stub.Construct):
            request = provider_pb2.GetSchemaRequest() if call is client.stub.GetSchema else provider_pb2.ConstructRequest()
            with pytest.raises(grpc.RpcError) as refused:
                call(request)
            assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_the_caller_is_the_assumed_role(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", role(ROLE)) as client:
        answer, _ = client.invoke(WHO, {})
    assert (answer["accountId"], answer["arn"]) == ("111111111111", ROLE)


def test_a_role_of_an_account_that_is_not_allowed_is_refused_at_check_and_at_configure(tmp_path: Path) -> None:
    wrong = role("arn:aws:iam::999999999999:role/deployer")
    with connected(tmp_path, "aws") as client:
        checked = client.stub.CheckConfig(provider_pb2.CheckRequest(urn="urn:pulumi:a::b::pulumi:providers:aws::p", news=wire(wrong)))
        assert "999999999999" in checked.failures[0].reason
        with pytest.raises(grpc.RpcError, match="AWS account ID not allowed: 999999999999"):
            client.stub.Configure(provider_pb2.ConfigureRequest(args=wire(wrong)))


@pytest.mark.parametrize(("cloud", "missing"), [("aws", "region"), ("gcp", "project")])
def test_a_provider_that_is_nowhere_is_refused(tmp_path: Path, cloud: str, missing: str) -> None:
    with connected(tmp_path, cloud) as client, pytest.raises(grpc.RpcError, match=missing):
        client.stub.Configure(provider_pb2.ConfigureRequest(args=wire({"x": "y"})))


@pytest.mark.parametrize(("key", "value", "replaced"), [("region", "us-east-1", ["region"]), ("defaultTags", '{"tags": {"a": "b"}}', [])])
def test_another_region_replaces_everything_of_a_provider(tmp_path: Path, key: str, value: str, replaced: list[str]) -> None:
    with connected(tmp_path, "aws") as client:
        request = provider_pb2.DiffRequest(urn="u", old_inputs=wire(AWS), olds=wire(AWS), news=wire({**AWS, key: value}))
        answer = client.stub.DiffConfig(request)
    assert (answer.changes, list(answer.replaces)) == (provider_pb2.DiffResponse.DIFF_SOME, replaced)


def test_zones_are_found_by_id(tmp_path: Path) -> None:
    filters = [{"name": "zone-id", "values": ["euw1-az2", "euw1-az3"]}]
    with serving(tmp_path, "aws", AWS) as client:
        answer, _ = client.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"filters": filters})
    assert answer["zoneIds"] == ["euw1-az2", "euw1-az3"]


def test_tagged_resources_are_found_by_key_and_value(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        made = client.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"fleet:resource": "main"}})
        client.create(LOG_GROUP, "a", {"name": "/a", "tags": {"fleet:resource": "other"}})
        answer, _ = client.invoke(RESOURCES, {"tagFilters": [{"key": "fleet:resource", "values": ["main"]}]})
        both, _ = client.invoke(RESOURCES, {"tagFilters": [{"key": "fleet:resource"}]})
    found = answer["resourceTagMappingLists"]
    assert isinstance(found, list) and [item["resourceArn"] for item in found] == [made.outputs["arn"]]
    assert isinstance(both["resourceTagMappingLists"], list) and len(both["resourceTagMappingLists"]) == 2


def test_a_resource_is_found_by_tag_though_its_provider_gives_no_arn(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        vpc = client.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
        subnet = client.create("aws:ec2/subnet:Subnet", "a", {"vpcId": vpc.id, "cidrBlock": "10.0.1.0/24"})
        options = {"subnetId": subnet.id, "connectivityType": "private", "tags": {"fleet:resource": "nat"}}
        made = client.create("aws:ec2/natGateway:NatGateway", "nat", options)
        answer, _ = client.invoke(RESOURCES, {"tagFilters": [{"key": "fleet:resource", "values": ["nat"]}]})
    found = answer["resourceTagMappingLists"]
    assert isinstance(found, list) and found[0]["resourceArn"] == f"arn:aws:ec2:eu-west-1:111111111111:natgateway/{made.id}"


@pytest.mark.parametrize(
    "arguments",
    [
        {"tags": {"a": "b"}},
        {"filters": [{"name": "tag:a", "values": ["b"]}]},
        {"filters": [{"name": "cidr", "values": ["10.0.0.0/16"]}]},
    ],
)
def test_vpcs_are_found_by_tags_and_filters(tmp_path: Path, arguments: Values) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        wanted = client.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
        client.create(VPC, "other", {"cidrBlock": "10.1.0.0/16"})
        answer, _ = client.invoke("aws:ec2/getVpcs:getVpcs", arguments)
        subnets, _ = client.invoke("aws:ec2/getSubnets:getSubnets", {"filters": [{"name": "vpc-id", "values": [wanted.id]}]})
    assert answer["ids"] == [wanted.id]
    assert subnets["ids"] == []


def test_a_policy_document_is_what_the_provider_writes(tmp_path: Path) -> None:
    principals = [{"type": "Service", "identifiers": ["eks.amazonaws.com"]}]
    conditions = [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]}]
    statement = {"actions": ["sts:AssumeRole", "sts:TagSession"], "principals": principals, "conditions": conditions}
    with serving(tmp_path, "aws", AWS) as client:
        answer, _ = client.invoke("aws:iam/getPolicyDocument:getPolicyDocument", {"statements": [statement]})
    assert json.loads(str(answer["json"])) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["sts:TagSession", "sts:AssumeRole"],
                "Principal": {"Service": "eks.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
            }
        ],
    }


def test_key_rings_of_a_location_are_listed_the_destroyed_ones_too(tmp_path: Path) -> None:
    with serving(tmp_path, "gcp", GCP) as client:
        made = client.create(KEY_RING, "fleet", {"location": "europe-west4"})
        client.delete(made)
        answer, _ = client.invoke("gcp:kms/getKeyRings:getKeyRings", {"location": "europe-west4", "filter": "name:fleet"})
        nothing, _ = client.invoke("gcp:kms/getKeyRings:getKeyRings", {"location": "europe-west4", "filter": "name:other"})
    assert answer["keyRings"] == [{"id": made.id, "name": made.id}]
    assert nothing["keyRings"] == []


def test_a_cluster_that_is_not_there_names_the_argument(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        assert client.invoke("aws:eks/getCluster:getCluster", {"name": "x"})[1] == ["reading EKS Cluster (x): couldn't find resource"]


def test_a_function_that_nobody_answers_says_which_are(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        assert WHO in client.invoke("aws:ec2/getAmi:getAmi", {})[1][0]


def test_a_question_with_unknown_arguments_is_not_answered_yet(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        assert client.invoke("aws:eks/getCluster:getCluster", {"name": UNKNOWN}) == ({}, [])
