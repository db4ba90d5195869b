"""Layer 1: inputs against what the SDKs declare, for any type of both."""

from __future__ import annotations

import pytest

from sandbox.cloud import declarations, sdk
from sandbox.cloud.request import UNKNOWN, Caller, Refusal, Request

CLUSTER, NODE_POOL, ROLE = "aws:eks/cluster:Cluster", "gcp:container/nodePool:NodePool", "aws:iam/role:Role"
VPC = "aws:ec2/vpc:Vpc"


def refused(type: str, inputs: dict[str, object]) -> dict[str, str]:
    caller = Caller(type.split(":")[0], "111111111111", "eu-west-1", "")
    found: list[Refusal] = declarations.refusals(Request(type, f"urn:pulumi:dev::x::{type}::core", "check", caller, inputs))
    return {refusal.property: refusal.reason for refusal in found}


def test_an_unknown_property_is_refused_with_the_nearest_name() -> None:
    reasons = refused(VPC, {"cidrBlok": "10.0.0.0/16"})
    assert reasons == {"cidrBlok": "Invalid or unknown key. Did you mean \"cidrBlock\"? Examine values at 'core.cidrBlok'."}


def test_an_unknown_property_inside_an_object_is_named_by_its_path() -> None:
    assert list(refused(CLUSTER, {"roleArn": "r", "vpcConfig": {"subnetIds": ["s"], "publicAcces": True}})) == ["vpcConfig.publicAcces"]


def test_an_unknown_property_inside_a_list_is_named_by_its_position() -> None:
    inputs: dict[str, object] = {
        "cluster": "c",
        "nodeConfig": {"taints": [{"key": "a", "value": "b", "effect": "NO_SCHEDULE", "efect": 1}]},
    }
    assert list(refused(NODE_POOL, inputs)) == ["nodeConfig.taints[0].efect"]


def test_a_missing_required_property_is_refused_at_any_depth() -> None:
    assert list(refused(CLUSTER, {"roleArn": "r", "vpcConfig": {}})) == ["vpcConfig.subnetIds"]
    assert "no definition was found" in refused(CLUSTER, {"roleArn": "r"})["vpcConfig"]


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock", "expected string type, got array type"),
        ({"enableDnsSupport": "perhaps"}, "enableDnsSupport", "expected boolean type, got string type"),
        ({"ipv4NetmaskLength": 1.5}, "ipv4NetmaskLength", "expected integer type, got number type"),
        ({"tags": ["a"]}, "tags", "expected map type, got array type"),
        ({"tags": {"a.b": {"c": "d"}}}, 'tags["a.b"]', "expected string type, got object type"),
    ],
)
def test_a_wrong_type_is_refused(inputs: dict[str, object], path: str, reason: str) -> None:
    assert refused(VPC, inputs)[path].startswith(reason)


@pytest.mark.parametrize("inputs", [{"enableDnsSupport": "true"}, {"ipv4NetmaskLength": "16"}, {"cidrBlock": 5}, {"tags": {"a": 1}}])
def test_scalars_convert_as_terraform_converts_them(inputs: dict[str, object]) -> None:
    assert refused(VPC, inputs) == {}


def test_a_union_takes_any_of_its_types() -> None:
    assert refused(ROLE, {"assumeRolePolicy": "{}"}) == {}
    assert refused(ROLE, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}}) == {}
    assert list(refused(ROLE, {"assumeRolePolicy": ["no"]})) == ["assumeRolePolicy"]


@pytest.mark.parametrize("inputs", [{"cidrBlock": UNKNOWN, "tags": UNKNOWN}, {"tags": {"a": UNKNOWN}}])
def test_what_is_unknown_is_never_refused(inputs: dict[str, object]) -> None:
    assert refused(VPC, inputs) == {}


@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_type_of_the_sdks_is_read_with_all_that_lies_in_it(cloud: str, part: int) -> None:
    tokens = sorted(sdk.package(cloud).classes)[part::64]
    assert len(tokens) > 20
    for token in tokens:
        declared = sdk.declaration(token)
        assert declared.inputs or declared.outputs, token
        objects = [item.shape.object for item in declared.inputs.values() if item.shape.object]
        assert all(isinstance(sdk.object_inputs(reference), dict) for reference in objects), token


def test_a_type_whose_arguments_class_has_another_name_is_read() -> None:
    assert "bucket" in sdk.declaration("aws:s3/bucketVersioning:BucketVersioning").inputs
