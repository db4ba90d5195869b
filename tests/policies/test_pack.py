"""What only the pack sees: resources beside the fleet, values that providers answer, and properties that are half known."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.policies.opa import Verdict, evaluate
from fleet.policies.settings import checks, setting
from fleet.policies.subject import is_unknown, unknown
from fleet.spec.model import PolicySettings
from policies.pack.adapters import ADAPTERS
from policies.pack.reading import both, either
from policies.pack.resource import Resource
from policies.pack.subjects import Owners
from tests.components import samples
from tests.policies.cases import PLACE, POLICIES
from tests.policies.gates import opa

LATER = unknown("known after the update")
GIVEN = {"region": "eu-west-1"}


def beside(type: str, inputs: dict[str, Any], provider: dict[str, Any] | None = None) -> Resource:
    """A resource that the stack's program makes outside fleet's components."""
    stack = "urn:pulumi:prod::fleet::pulumi:pulumi:Stack::fleet-prod"
    return Resource(type, "beside", f"urn:pulumi:prod::fleet::{type}::beside", stack, inputs, provider or GIVEN, links={})


def judged(resource: Resource) -> dict[str, Verdict]:
    """Every policy's verdict on a resource beside a protected fleet in Ireland."""
    found = Owners.of(samples.stack("aws"), {"eu-west-1": "EU", "europe-west4": "EU"}).subject(resource)
    assert found is not None
    on = tuple(made for policy in POLICIES if (made := setting(policy, PolicySettings())))
    return {one.check.setting.policy.id: one for one in evaluate(opa(), PLACE, checks(on, (found,), {}))}


def facts(resource: Resource) -> dict[str, Any]:
    return dict(ADAPTERS[resource.type](resource).facts)


def test_a_key_beside_the_fleet_may_not_lie_where_the_fleet_is_not() -> None:
    verdict = judged(beside("aws:kms/key:Key", {"enableKeyRotation": True}, {"region": "us-west-2"}))["region-within-jurisdiction"]
    assert [found.message for found in verdict.violations] == [
        "it lies in us-west-2 (US), a region that fleet.yaml does not declare. "
        "Choose one that it does, or declare it with its jurisdiction."
    ]


@pytest.mark.parametrize("type", ["aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"])
def test_a_cluster_beside_the_fleet_is_as_protected_as_its_stack(type: str) -> None:
    inputs = {"deletionProtection": False, "location": "europe-west4"}
    verdicts = judged(beside(type, inputs))
    assert verdicts["deletion-protection"].outcome == verdicts["no-public-endpoint"].outcome == "violated"
    assert verdicts["three-zones"].outcome == "undecided", "no subnets or zones are named"


def test_a_key_that_is_not_this_stacks_leaves_open_whether_it_rotates() -> None:
    config = {"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-west-1:111111111111:key/1"}}
    verdict = judged(beside("aws:eks/cluster:Cluster", {"encryptionConfig": config}))["encryption-with-rotated-keys"]
    assert verdict.outcome == "undecided" and "its key is not in this stack" in verdict.undecided


def test_what_a_provider_answers_for_what_nobody_gave_is_not_given() -> None:
    answered = facts(beside("aws:kms/key:Key", {"enableKeyRotation": True, "rotationPeriodInDays": 0}))
    assert answered["rotation.days"] == 365
    cluster = facts(
        beside("aws:eks/cluster:Cluster", {"version": "", "vpcConfig": {"publicAccessCidrs": [], "endpointPublicAccess": False}})
    )
    assert is_unknown(cluster["kubernetes"]) and cluster["endpoint.public"] is False


@pytest.mark.parametrize(
    ("by_address", "private", "public"), [(LATER, True, False), (LATER, False, LATER), (False, LATER, False), (True, LATER, LATER)]
)
def test_an_endpoint_of_gke_is_as_open_as_is_known(by_address: Any, private: Any, public: Any) -> None:
    inputs = {
        "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": by_address}},
        "privateClusterConfig": {"enablePrivateEndpoint": private},
    }
    assert facts(beside("gcp:container/cluster:Cluster", inputs))["endpoint.public"] == public


def test_capacity_that_fleet_does_not_make_is_told_by_its_name() -> None:
    assert facts(beside("aws:eks/nodeGroup:NodeGroup", {"capacityType": "CAPACITY_BLOCK"}))["capacity"] == "capacity-block"


def test_half_known_values_decide_what_they_can() -> None:
    assert either([LATER, True]) is True and either([False, LATER]) == LATER and either([False, False]) is False
    assert both(LATER, False) is False and both(True, LATER) == LATER and both(True, True) is True
