"""What a change does: which paths differ, what replaces, and which of the two comes first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cloud.differences import Difference, differences
from sandbox.cloud.protocol import provider_pb2
from sandbox.cloud.replacement import Change, counts, delete_first, replaces
from sandbox.cloud.request import UNKNOWN, Caller
from tests.sandbox.cloud_client import AWS, LOG_GROUP, VPC, Client, serving

CALLER = Caller("aws", "111111111111", "eu-west-1", "")
CLUSTER, GKE, SUBNETWORK = "aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster", "gcp:compute/subnetwork:Subnetwork"
GROUP, RULE = "aws:eks/nodeGroup:NodeGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
Inputs = dict[str, object]
SOME = provider_pb2.DiffResponse.DIFF_SOME


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path, "aws", AWS) as client:
        yield client


def texts(old: Inputs, new: Inputs) -> list[tuple[str, str]]:
    return [(item.text, item.change) for item in differences(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, [("a", "update")]),
        ({}, {"a": {"b": 1}}, [("a", "add")]),
        ({"a": {"b": 1}}, {}, [("a", "delete")]),
        ({"tags": {"a.b": "1"}}, {"tags": {"a.b": "2"}}, [('tags["a.b"]', "update")]),
        ({"l": [{"n": 1}]}, {"l": [{"n": 2}, {"n": 3}]}, [("l[0].n", "update"), ("l[1]", "add")]),
        ({"subnetIds": ["a", "b"]}, {"subnetIds": ["b", "a"]}, []),
        ({"instanceTypes": ["a", "b"]}, {"instanceTypes": ["b", "a"]}, [("instanceTypes[0]", "update"), ("instanceTypes[1]", "update")]),
        ({"policy": '{"a": 1}'}, {"policy": '{"a":1}'}, []),
        ({"a": True}, {"a": 1}, [("a", "update")]),
        ({"a": "x"}, {"a": UNKNOWN}, [("a", "update")]),
        ({"tags": {}}, {}, []),
        ({"__defaults": ["name"]}, {"__defaults": []}, []),
    ],
)
def test_differences_are_told_by_path(old: Inputs, new: Inputs, expected: list[tuple[str, str]]) -> None:
    assert texts(old, new) == expected


def replacing(type: str, old: Inputs, new: Inputs) -> dict[str, bool]:
    return {item.names: replaces(type, Change(item, old, new, CALLER)) for item in differences(old, new) if counts(type, item)}


@pytest.mark.parametrize(
    ("type", "old", "new", "expected"),
    [
        (CLUSTER, {"roleArn": "a"}, {"roleArn": "b"}, {"roleArn": True}),
        (CLUSTER, {"version": "1.34"}, {"version": "1.35"}, {"version": False}),
        (CLUSTER, {"roleArn": "a"}, {"roleArn": UNKNOWN}, {"roleArn": True}),
        (CLUSTER, {}, {"encryptionConfig": {"resources": ["secrets"]}}, {"encryptionConfig": False}),
        (CLUSTER, {"encryptionConfig": {"resources": ["secrets"]}}, {}, {"encryptionConfig": True}),
        (CLUSTER, {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "a"}}, {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "b"}},
         {"kubernetesNetworkConfig.serviceIpv4Cidr": True}),
        (CLUSTER, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, {"tags.a": False}),
        (CLUSTER, {"region": "eu-west-1"}, {}, {"region": False}),
        (VPC, {}, {"region": "eu-west-1"}, {"region": False}),
        (VPC, {}, {"region": "us-east-1"}, {"region": True}),
        (VPC, {"instanceTenancy": "dedicated"}, {"instanceTenancy": "default"}, {"instanceTenancy": False}),
        (VPC, {"instanceTenancy": "default"}, {"instanceTenancy": "dedicated"}, {"instanceTenancy": True}),
        (GROUP, {}, {"launchTemplate": {"id": "lt-1"}}, {"launchTemplate": True}),
        (GROUP, {"launchTemplate": {"version": "1"}}, {"launchTemplate": {"version": "2"}}, {"launchTemplate.version": False}),
        (RULE, {"cidrIpv4": "10.0.0.0/8"}, {"cidrIpv4": "10.1.0.0/16"}, {"cidrIpv4": False}),
        (RULE, {"cidrIpv4": "10.0.0.0/8"}, {"cidrIpv6": "fd00::/8"}, {"cidrIpv4": True, "cidrIpv6": True}),
        (SUBNETWORK, {"ipCidrRange": "10.0.0.0/20"}, {"ipCidrRange": "10.0.0.0/16"}, {"ipCidrRange": False}),
        (SUBNETWORK, {"ipCidrRange": "10.0.0.0/16"}, {"ipCidrRange": "10.0.0.0/20"}, {"ipCidrRange": True}),
        (GKE, {"enableL4IlbSubsetting": True}, {"enableL4IlbSubsetting": False}, {"enableL4IlbSubsetting": True}),
        (GKE, {"enableL4IlbSubsetting": False}, {"enableL4IlbSubsetting": True}, {"enableL4IlbSubsetting": False}),
        ("aws:ec2/networkAcl:NetworkAcl", {"vpcId": "a"}, {"vpcId": "b"}, {"vpcId": False}),
        ("aws:lambda/function:Function", {"architectures": ["a"]}, {"architectures": ["b"]}, {"architectures": False}),
    ],
)  # fmt: skip
def test_the_table_and_its_conditions_say_what_replaces(type: str, old: Inputs, new: Inputs, expected: dict[str, bool]) -> None:
    assert replacing(type, old, new) == expected


@pytest.mark.parametrize(
    ("type", "property", "expected"),
    [
        ("gcp:organizations/project:Project", "folderId", True),
        ("aws:rds/cluster:Cluster", "availabilityZones", True),
        ("gcp:dns/policy:Policy", "name", True),
        ("gcp:dns/policy:Policy", "description", False),
    ],
)
def test_a_type_outside_the_table_replaces_by_its_identity_and_documentation(type: str, property: str, expected: bool) -> None:
    assert replacing(type, {property: "a"}, {property: "b"}) == {property: expected}


def test_removing_an_optional_and_computed_property_is_no_change() -> None:
    removed = Difference(("kubernetesNetworkConfig",), "delete", {"ipFamily": "ipv4"}, None)
    assert not counts(CLUSTER, removed)


@pytest.mark.parametrize(
    ("inputs", "expected"), [({"name": "a", "__defaults": []}, True), ({"name": "a-1", "__defaults": ["name"]}, False)]
)
def test_a_given_name_goes_before_it_comes(inputs: Inputs, expected: bool) -> None:
    assert delete_first(CLUSTER, inputs) is expected


def test_a_replacement_is_told_twice_with_its_kind(aws: Client) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    answer = aws.diff(made, {"cidrBlock": "10.1.0.0/16", "tags": {"a": "c"}})
    assert (answer.changes, list(answer.replaces), list(answer.diffs), answer.deleteBeforeReplace) == (
        SOME,
        ["cidrBlock"],
        ["cidrBlock", "tags"],
        False,
    )
    kinds = {path: (item.kind, item.inputDiff) for path, item in answer.detailedDiff.items()}
    assert kinds == {"cidrBlock": (provider_pb2.PropertyDiff.UPDATE_REPLACE, True), "tags.a": (provider_pb2.PropertyDiff.UPDATE, True)}


def test_a_named_log_group_is_deleted_before_its_replacement(aws: Client) -> None:
    made = aws.create(LOG_GROUP, "lg", {"name": "/a"})
    assert aws.diff(made, {"name": "/b"}).deleteBeforeReplace
