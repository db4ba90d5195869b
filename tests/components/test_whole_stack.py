"""What holds for a stack as a whole: protection, providers, tags and marks."""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path
from typing import Any

import msgspec
import pulumi_aws
import pytest

from components.rehearsal import Recording, Registration, rehearse
from fleet.blueprint.files import read_stack
from fleet.blueprint.model import Cloud, Stack
from tests.components import samples

STACKS = Path(__file__).parents[2] / "stacks"

GUARD = "fleet:stack:Guard"
PLATFORM = "fleet:platform:Platform"
STAGE = "fleet:platform:Stage"
CHANGEABLE = {
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/addon:Addon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "gcp:container/nodePool:NodePool",
}


def test_everything_that_is_costly_to_lose_is_protected_on_aws(aws: Recording) -> None:
    assert unprotected(aws) == {
        "core-prod-eu-west-1-access-payments-viewer",
        "core-prod-eu-west-1-access-sre-break-glass",
        "core-prod-eu-west-1-chart-certificates",
        "core-prod-eu-west-1-chart-certificates-dns",
    }


def test_everything_that_is_costly_to_lose_is_protected_on_gcp(gcp: Recording) -> None:
    assert unprotected(gcp) == {
        "acme-prod-viewer-payments@acme.example",
        "core-prod-europe-west4-chart-certificates",
        "core-prod-europe-west4-chart-certificates-dns.admin",
    }


def test_node_groups_and_add_ons_change_without_ceremony(aws: Recording) -> None:
    assert not any(resource.protect for resource in aws.resources if resource.type in CHANGEABLE)


def test_node_pools_change_without_ceremony(gcp: Recording) -> None:
    assert not any(resource.protect for resource in gcp.resources if resource.type in CHANGEABLE)


def test_nothing_is_protected_where_the_environment_is_not(aws_open: Recording) -> None:
    assert not any(resource.protect for resource in aws_open.resources if resource.type != GUARD)


def test_a_protected_stack_has_a_guard_that_depends_on_all_else(aws: Recording) -> None:
    guard = aws.one(GUARD)
    assert {resource.urn for resource in aws.resources if not resource.type.startswith("fleet:")} == guard.depends_on


def test_the_guard_is_protected(aws: Recording) -> None:
    assert aws.one(GUARD).protect is True


def test_the_guard_of_an_unprotected_stack_lets_it_go(aws_open: Recording) -> None:
    assert aws_open.one(GUARD).protect is False


def test_every_resource_has_an_explicit_aws_provider(aws: Recording) -> None:
    assert {resource.provider.split("::")[-2] for resource in custom(aws)} == {"aws-111111111111-eu-west-1"}


def test_every_resource_has_an_explicit_gcp_provider(gcp: Recording) -> None:
    by_provider = {resource.provider.split("::")[-2] for resource in custom(gcp)}
    assert by_provider == {"gcp-acme-prod", "gcp-acme-prod-europe-west4"}


def test_the_aws_provider_works_in_its_account_only(aws: Recording) -> None:
    assert aws.one("pulumi:providers:aws").inputs["allowedAccountIds"] == '["111111111111"]'


def test_the_aws_provider_acts_as_the_deployer(aws: Recording) -> None:
    assumed = aws.one("pulumi:providers:aws").inputs["assumeRoles"]
    assert '"roleArn": "arn:aws:iam::111111111111:role/fleet-deployer"' in assumed
    assert '"sessionName": "fleet-prod"' in assumed


def test_the_gcp_providers_act_as_the_deployer(gcp: Recording) -> None:
    acting = {provider.inputs["impersonateServiceAccount"] for provider in gcp.of("pulumi:providers:gcp")}
    assert acting == {"fleet@acme-prod.iam.gserviceaccount.com"}


def test_the_gcp_providers_add_no_label_of_their_own(gcp: Recording) -> None:
    assert {provider.inputs["addPulumiAttributionLabel"] for provider in gcp.of("pulumi:providers:gcp")} == {"false"}


def test_every_aws_resource_that_can_carry_tags_says_whose_it_is(aws: Recording) -> None:
    expected = {"fleet": "acme", "environment": "prod", "managed-by": "fleet", "cost-centre": "42"}
    for resource in taggable(aws):
        assert expected.items() <= resource.inputs["tags"].items(), resource.name
        assert resource.inputs["tags"]["Name"]


def test_every_aws_resource_that_can_carry_tags_can_be_found_by_its_mark(aws: Recording) -> None:
    marks = [resource.inputs["tags"]["fleet:resource"] for resource in taggable(aws)]
    assert marks == [f"prod/{resource.name}/{resource.type}" for resource in taggable(aws)]
    assert len(set(marks)) == len(marks) > 30


def test_what_nodes_are_made_of_says_whose_it_is(aws: Recording) -> None:
    specifications = aws.one("aws:ec2/launchTemplate:LaunchTemplate").inputs["tagSpecifications"]
    assert {specification["resourceType"] for specification in specifications} == {"instance", "volume", "network-interface"}
    assert all(specification["tags"]["fleet"] == "acme" for specification in specifications)
    assert all("fleet:resource" not in specification["tags"] for specification in specifications)


def test_gcp_labels_say_whose_a_resource_is_in_their_own_alphabet(gcp: Recording) -> None:
    found = list(labels(gcp))
    assert len(found) == 3
    for label in found:
        assert {"fleet": "acme", "environment": "prod", "managed-by": "fleet", "cost-centre": "42"}.items() <= label.items()
        assert all(re.fullmatch(r"[a-z0-9_-]{0,63}", value) for value in label.values())


def test_gcp_resources_without_labels_are_described_by_their_mark(gcp: Recording) -> None:
    described = [resource for resource in gcp.resources if "description" in resource.inputs]
    assert [resource.inputs["description"] for resource in described] == [f"prod/{resource.name}/{resource.type}" for resource in described]
    assert len(described) == 8


def test_components_have_lasting_types_and_hang_on_the_stack_itself(aws: Recording) -> None:
    components = [resource for resource in aws.resources if resource.type.startswith("fleet:")]
    assert {component.type for component in components} == {"fleet:network:Aws", "fleet:cluster:Eks", PLATFORM, STAGE, GUARD}
    tops = [component for component in components if component.type not in (PLATFORM, STAGE)]
    assert {component.parent.split("::")[2] for component in tops} == {"pulumi:pulumi:Stack"}
    assert aws.one(PLATFORM).parent == aws.one("fleet:cluster:Eks").urn


def test_names_fit_their_clouds_however_long_the_cluster_is_called() -> None:
    long = "payments-processing-staging-northamerica-northeast1"
    names = [resource.inputs["name"] for resource in renamed(long, "gcp").of("gcp:compute/firewall:Firewall")]
    names += [resource.inputs["name"] for resource in renamed(long, "gcp").of("gcp:compute/subnetwork:Subnetwork")]
    roles = [role.inputs["name"] for role in renamed(long, "aws").of("aws:iam/role:Role")]
    assert names and all(re.fullmatch(r"[a-z][-a-z0-9]{0,61}[a-z0-9]", name) for name in names)
    assert len(set(roles)) == len(roles) == 5
    assert all(len(role) <= 64 for role in roles)


def test_a_name_made_twice_is_the_same_and_another_fleets_is_not() -> None:
    sample = samples.stack("aws")
    first, second, other = (rehearse(stack) for stack in (sample, sample, msgspec.structs.replace(sample, fleet="other")))
    names = {role.inputs["name"] for role in first.of("aws:iam/role:Role")}
    assert names == {role.inputs["name"] for role in second.of("aws:iam/role:Role")}
    assert not names & {role.inputs["name"] for role in other.of("aws:iam/role:Role")}


@pytest.mark.parametrize("directory", sorted(path for path in STACKS.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_every_committed_stack_can_be_built(directory: Path) -> None:
    stack = read_stack(directory)
    recording = rehearse(stack)
    assert set(recording.outputs) == {cluster.name for cluster in stack.clusters}
    assert len({resource.urn for resource in recording.resources}) == len(recording.resources)


def renamed(cluster: str, cloud: Cloud) -> Recording:
    """The sample with another name for its cluster."""
    stack = samples.stack(cloud)
    text = msgspec.json.encode(stack).replace(stack.clusters[0].name.encode(), cluster.encode())
    return rehearse(msgspec.json.decode(text, type=Stack))


def custom(recording: Recording) -> list[Registration]:
    return [resource for resource in recording.resources if resource.type.startswith(("aws:", "gcp:"))]


def unprotected(recording: Recording) -> set[str]:
    """Names of resources without protection, but for those of types that are meant to change."""
    return {resource.name for resource in custom(recording) if not resource.protect and resource.type not in CHANGEABLE}


def taggable(recording: Recording) -> list[Registration]:
    """Resources whose class has a `tags` input."""
    return [resource for resource in recording.resources if resource.type.startswith("aws:") and "tags" in arguments(resource.type)]


def arguments(type_token: str) -> typing.Container[str]:
    _, module, kind = type_token.split(":")
    arguments_class: Any = getattr(getattr(pulumi_aws, module.split("/")[0]), f"{kind}Args")
    return inspect.signature(arguments_class.__init__).parameters


def labels(recording: Recording) -> typing.Iterator[dict[str, str]]:
    for resource in recording.resources:
        inputs = resource.inputs
        found = inputs.get("labels") or inputs.get("resourceLabels") or inputs.get("nodeConfig", {}).get("resourceLabels")
        if found:
            yield found
