"""What people must see to before new clusters come up: counted over all that their accounts have there."""

from __future__ import annotations

from typing import Any

from fleet.catalog.quotas import quotas
from fleet.edit.needs import human_steps, needs
from tests.property.compiling import compiled
from tests.property.fleets import fleet

ONE = {"core": {"class": "standard", "in": {"dev": ["eu-west-1"]}}}


def spec(entries: dict[str, Any], **regions: str) -> dict[str, Any]:
    made = fleet(entries)
    return {**made, "regions": {**made["regions"], **{name: {"jurisdiction": where} for name, where in regions.items()}}}


def added(entries: dict[str, Any], **regions: str) -> tuple[dict[str, int], list[str]]:
    before, after = compiled(fleet(ONE)).blueprint, compiled(spec({**ONE, **entries}, **regions)).blueprint
    return {need.quota.what: need.count for need in needs(before, after)}, human_steps(before, after)


def test_a_new_cluster_is_counted_with_what_is_there_already() -> None:
    found, steps = added({"web": {"class": "standard", "in": {"dev": ["eu-west-1"]}}})
    assert found == {"VPCs": 1, "elastic addresses": 3, "EKS clusters": 2, "vCPUs of on-demand standard instances": 2 * 6 * 4}
    assert steps == [], "the network and the account are there"


def test_spot_capacity_has_a_quota_of_its_own() -> None:
    pools = {"spot": {"size": {"vcpu": 4, "memoryGiB": 16}, "min": 0, "max": 10, "capacity": "spot"}}
    found, _ = added({"web": {"class": "standard", "in": {"dev": ["us-east-1"]}, "nodePools": pools}})
    assert found["vCPUs of spot standard instances"] == 40 and found["vCPUs of on-demand standard instances"] == 24


def test_another_account_needs_its_deployer_and_a_network_needs_a_way() -> None:
    found, steps = added({"web": {"class": "standard", "in": {"staging": ["europe-west4"]}}})
    assert found == {"GKE clusters": 1, "vCPUs": 24}
    assert any("deployer@acme-staging.iam.gserviceaccount.com must exist" in step for step in steps)
    assert any("its endpoints are private" in step for step in steps)


def test_a_region_that_is_off_by_default_must_be_turned_on() -> None:
    _, steps = added({"web": {"class": "standard", "in": {"dev": ["eu-south-1"]}}}, **{"eu-south-1": "EU"})
    assert steps[0].startswith("111111111111: eu-south-1 is off until somebody turns it on")


def test_nothing_new_needs_nothing() -> None:
    before = compiled(fleet(ONE)).blueprint
    assert needs(before, before) == [] and human_steps(before, before) == []


def test_every_quota_has_its_source() -> None:
    assert quotas() and all(quota.source and quota.granted > 0 and quota.code for quota in quotas().values())
