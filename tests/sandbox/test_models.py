"""The second layer: the clouds' published models are read from the installed packages, and say what they say of each mapped property."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from sandbox.cloud import models, sdk
from sandbox.cloud.models import aws, google, mapping
from sandbox.cloud.models.documented import with_documented_limits
from sandbox.cloud.models.faults import Fault, codes, invalid, resolve
from sandbox.cloud.models.schema import Schema
from sandbox.cloud.request import UNKNOWN, Caller, Phase, Request

CALLER = Caller("aws", "111111111111", "eu-west-1", "arn:aws:iam::111111111111:root")
EKS, NODE_GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"


def _refused(type: str, inputs: Mapping[str, Any], phase: Phase = "check") -> list[str]:
    return [refusal.property for refusal in models.refusals(Request(type, "urn", phase, CALLER, inputs))]


def _token(name: str) -> str:
    package, module, type = name.split(".")
    return f"{package}:{module}/{type[:1].lower()}{type[1:]}:{type}"


@pytest.mark.parametrize("name", mapping.type_files())
def test_a_type_file_names_what_the_model_and_the_sdk_have(name: str) -> None:
    file, model = mapping.type_files()[name], mapping.type_model(_token(name))
    assert model is not None
    known = google.methods(file.service) if "." in file.service else aws.operations(file.service)
    assert {operation for operation in (file.operation, file.update, file.delete) if operation} <= known
    assert resolve(invalid(file.service, file.operation))[1] == 400
    for path in (*file.members, *file.documented, *file.api, *file.limits, *file.also):
        assert declared(_token(name), path), f"{name}: the SDK declares no {path}"


def declared(token: str, path: str) -> bool:
    """Whether the SDK declares an input at a dotted path."""
    first, *rest = path.split(".")
    found = sdk.declaration(token).inputs.get(first)
    for part in rest:
        found = _below(found.shape, part) if found is not None else None
    return found is not None


def _below(shape: sdk.Shape, name: str) -> sdk.Property | None:
    """The property of an object, of a list's elements, or of one of the objects that a union may be."""
    if shape.object is not None:
        return sdk.object_inputs(shape.object).get(name)
    return next((found for choice in shape.of if (found := _below(choice, name)) is not None), None)


@pytest.mark.parametrize("service", mapping.types_by_service())
def test_every_pattern_of_a_mapped_member_is_one_that_python_reads(service: str) -> None:
    for name in mapping.types_by_service()[service]:
        model = mapping.type_model(_token(name))
        assert model is not None
        for schema in (model.root, *filter(None, model.overrides.values())):
            for pattern in _patterns(schema):
                re.compile(pattern)


def _patterns(schema: Schema) -> Iterator[str]:
    yield from schema.patterns
    for below in (*schema.members.values(), schema.element, schema.key):
        if below is not None:
            yield from _patterns(below)


def test_limits_that_a_model_states_only_in_prose_are_read() -> None:
    def override(token: str, path: str) -> Schema:
        model = mapping.type_model(token)
        assert model is not None
        found = model.overrides[path]
        assert found is not None
        return found

    retention = override("aws:cloudwatch/logGroup:LogGroup", "retentionInDays")
    assert {1, 30, 365, 3653, 0} <= set(retention.enum)
    assert 364 not in retention.enum
    assert override("gcp:container/cluster:Cluster", "name").max == 40
    account = override("gcp:serviceaccount/account:Account", "accountId")
    assert (account.min, account.max) == (6, 30)
    assert set(override("aws:eks/accessEntry:AccessEntry", "type").enum) >= {"STANDARD", "EC2_LINUX"}
    assert override("aws:ec2/flowLog:FlowLog", "maxAggregationInterval").enum == (60, 600)
    assert (override("gcp:compute/network:Network", "mtu").min, override("gcp:compute/network:Network", "mtu").max) == (1300, 8896)


def test_prose_that_states_no_limit_is_an_error_and_not_a_missing_check() -> None:
    with pytest.raises(LookupError, match="no limit"):
        with_documented_limits(Schema(kind="scalar", documentation="The name of the thing."))


def test_an_operation_or_member_that_a_model_lacks_is_an_error_that_says_what_it_has() -> None:
    with pytest.raises(LookupError, match="CreateClusters"):
        aws.operation_inputs("eks", ["CreateClusters"])
    with pytest.raises(LookupError, match="Clusters"):
        google.schemas("container.v1", ["Clusters"])
    with pytest.raises(LookupError, match="no service model"):
        aws.operation_errors("eksx")


def test_codes_come_from_the_models() -> None:
    assert resolve(Fault("eks", "CreateCluster", "ResourceInUseException")) == ("ResourceInUseException", 409)
    assert resolve(Fault("iam", "CreateRole", "EntityAlreadyExistsException")) == ("EntityAlreadyExists", 409)
    assert resolve(Fault("compute.v1", "compute.networks.insert", "ALREADY_EXISTS")) == ("alreadyExists", 409)
    assert resolve(Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")) == ("badRequest", 400)
    assert google.canonical_statuses()["NOT_FOUND"].code == 404


def test_codes_that_are_written_down_are_in_no_model() -> None:
    for service, written in codes().aws.items():
        listed = {name for errors in aws.operation_errors(service).values() for name in errors}
        assert not listed & set(written.codes), f"{service}: the model has these itself"
    assert not set(google.canonical_statuses()) & set(codes().google.codes)


@pytest.mark.parametrize(
    ("type", "good", "bad", "property"),
    [
        (EKS, {"version": "1.35"}, {"accessConfig": {"authenticationMode": "IAM"}}, "accessConfig.authenticationMode"),
        (EKS, {"roleArn": "arn:aws:iam::111111111111:role/plane"}, {"roleArn": "plane"}, "roleArn"),
        (NODE_GROUP, {"amiType": "CUSTOM"}, {"amiType": "AL2024"}, "amiType"),
        (
            NODE_GROUP,
            {"taints": [{"key": "a", "effect": "NO_EXECUTE"}]},
            {"taints": [{"key": "a", "effect": "NoExecute"}]},
            "taints[0].effect",
        ),
        (
            NODE_GROUP,
            {"updateConfig": {"maxUnavailablePercentage": 33}},
            {"updateConfig": {"maxUnavailablePercentage": 101}},
            "updateConfig.maxUnavailablePercentage",
        ),
        (
            "aws:eks/addon:Addon",
            {"resolveConflictsOnUpdate": "PRESERVE"},
            {"resolveConflictsOnCreate": "PRESERVE"},
            "resolveConflictsOnCreate",
        ),
        (
            "aws:eks/addon:Addon",
            {"podIdentityAssociations": [{"serviceAccount": "a", "roleArn": "r"}]},
            {"podIdentityAssociations": [{"roleArn": "r"}]},
            "podIdentityAssociations[0].serviceAccount",
        ),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/12"}, "cidrBlock"),
        ("aws:ec2/vpc:Vpc", {"instanceTenancy": "default"}, {"instanceTenancy": "host"}, "instanceTenancy"),
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24"}, {"cidrBlock": "10.0.0.1/24"}, "cidrBlock"),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"metadataOptions": {"httpTokens": "required"}},
            {"metadataOptions": {"httpTokens": "always"}},
            "metadataOptions.httpTokens",
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"metadataOptions": {"httpPutResponseHopLimit": 1}},
            {"metadataOptions": {"httpPutResponseHopLimit": 65}},
            "metadataOptions.httpPutResponseHopLimit",
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"blockDeviceMappings": [{"ebs": {"volumeType": "gp3"}}]},
            {"blockDeviceMappings": [{"ebs": {"volumeType": "gp9"}}]},
            "blockDeviceMappings[0].ebs.volumeType",
        ),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}, {"vpcEndpointType": "Portal"}, "vpcEndpointType"),
        ("aws:ec2/flowLog:FlowLog", {"trafficType": "ALL"}, {"trafficType": "SOME"}, "trafficType"),
        ("aws:kms/key:Key", {"deletionWindowInDays": 30}, {"deletionWindowInDays": 31}, "deletionWindowInDays"),
        ("aws:kms/key:Key", {"rotationPeriodInDays": 365}, {"rotationPeriodInDays": 89}, "rotationPeriodInDays"),
        ("aws:kms/alias:Alias", {"name": "alias/a"}, {"name": "alias/aws/a"}, "name"),
        ("aws:iam/role:Role", {"maxSessionDuration": 3600}, {"maxSessionDuration": 60}, "maxSessionDuration"),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}, {"assumeRolePolicy": "{"}, "assumeRolePolicy"),
        ("gcp:compute/firewall:Firewall", {"priority": 65535}, {"priority": 65536}, "priority"),
        ("gcp:compute/routerNat:RouterNat", {"natIpAllocateOption": "AUTO_ONLY"}, {"natIpAllocateOption": "AUTO"}, "natIpAllocateOption"),
        (
            "gcp:container/cluster:Cluster",
            {"loggingConfig": {"enableComponents": ["WORKLOADS"]}},
            {"loggingConfig": {"enableComponents": ["WORK"]}},
            "loggingConfig.enableComponents[0]",
        ),
        (
            "gcp:container/cluster:Cluster",
            {"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/28"}},
            {"privateClusterConfig": {"masterIpv4CidrBlock": "172.16.0.0/27"}},
            "privateClusterConfig.masterIpv4CidrBlock",
        ),
        (
            "gcp:container/nodePool:NodePool",
            {"nodeConfig": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}},
            {"nodeConfig": {"workloadMetadataConfig": {"mode": "GKE"}}},
            "nodeConfig.workloadMetadataConfig.mode",
        ),
        ("gcp:kms/cryptoKey:CryptoKey", {"purpose": "ENCRYPT_DECRYPT"}, {"purpose": "ENCRYPT"}, "purpose"),
        ("gcp:projects/iAMMember:IAMMember", {"member": "group:a@b.example"}, {"member": "a@b.example"}, "member"),
    ],
)
def test_the_provider_refuses_at_check(type: str, good: dict[str, Any], bad: dict[str, Any], property: str) -> None:
    assert _refused(type, good) == []
    assert _refused(type, bad) == [property]
    assert _refused(type, bad, "create") == []


@pytest.mark.parametrize(
    ("type", "good", "bad", "property"),
    [
        (EKS, {"tags": {"team": "payments"}}, {"tags": {"team": "x" * 257}}, 'tags["team"]'),
        ("aws:iam/role:Role", {"tags": {"team": "payments"}}, {"tags": {"te?m": "payments"}}, 'tags["te?m"]'),
        ("aws:iam/role:Role", {"tags": {"équipe": "paiements 1"}}, {"tags": {"x" * 129: ""}}, f'tags["{"x" * 129}"]'),
        ("gcp:container/nodePool:NodePool", {"name": "general-1"}, {"name": "General"}, "name"),
        ("gcp:kms/keyRing:KeyRing", {"name": "ring_1"}, {"name": "ring 1"}, "name"),
    ],
)
def test_the_api_refuses_at_create_what_the_provider_passes_on(type: str, good: dict[str, Any], bad: dict[str, Any], property: str) -> None:
    assert _refused(type, good, "create") == []
    assert _refused(type, bad) == []
    assert _refused(type, bad, "create") == [property]
    assert _refused(type, bad, "update") == [property]
    assert _refused(type, bad, "delete") == []


def test_more_tags_than_a_resource_may_have_are_refused() -> None:
    assert _refused(EKS, {"tags": {f"t{number}": "" for number in range(51)}}, "create") == ["tags"]


def test_what_is_not_known_yet_is_not_judged_and_what_no_file_maps_neither() -> None:
    assert _refused(EKS, {"name": UNKNOWN, "enabledClusterLogTypes": [UNKNOWN, "api"], "upgradePolicy": {"supportType": UNKNOWN}}) == []
    assert _refused(EKS, {"upgradePolicy": UNKNOWN, "tags": {"a": UNKNOWN}}, "create") == []
    assert _refused("aws:s3/bucket:Bucket", {"bucket": "!"}) == []


def test_the_reason_names_the_property_the_rule_and_the_value() -> None:
    request = Request(NODE_GROUP, "urn", "check", CALLER, {"scalingConfig": {"minSize": -1}})
    (refusal,) = models.refusals(request)
    assert refusal.reason == "expected scalingConfig.minSize to be at least (0), got -1"
    labels = replace(request, phase="create", inputs={"labels": {"team": "x" * 64}})
    (refusal,) = models.refusals(labels)
    assert "Member must have length in the range 1 - 63" in refusal.reason
