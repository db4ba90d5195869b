"""The catalogue's tables are whole, agree with each other, and answer as the clouds do."""

from __future__ import annotations

import re
from datetime import date

import pytest

from fleet.catalog import (
    addon_settings,
    addon_versions,
    eks_minors,
    families,
    gke_minors,
    instance_types,
    known_minors,
    managed_addons,
    offered_zones,
    pick_types,
    regions,
    replacement,
)
from fleet.catalog.table import rows

TABLES = ("addon-settings", "addons", "families", "instances", "regions", "replacement", "versions")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_whole_and_names_its_source(table: str) -> None:
    found = list(rows(table))
    assert found
    assert not [row for row in found if None in row or None in row.values() or not row["source"]]


@pytest.mark.parametrize("table", [table for table in TABLES if table != "replacement"])
def test_every_row_is_dated(table: str) -> None:
    assert not [row for row in rows(table) if not re.match(r"20\d\d", row["source_date"])]


@pytest.mark.parametrize("table, key", [("regions", ("name",)), ("instances", ("cloud", "name")), ("families", ("cloud", "family"))])
def test_keys_are_unique(table: str, key: tuple[str, ...]) -> None:
    keys = [tuple(row[column] for column in key) for row in rows(table)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("region, zone", [("us-east-1", "use1-az3"), ("us-west-1", "usw1-az2"), ("ca-central-1", "cac1-az3")])
def test_zones_that_eks_refuses_exist_but_hold_no_cluster(region: str, zone: str) -> None:
    place = regions()[region]
    assert zone in place.zones
    assert set(place.cluster_zones) == set(place.zones) - {zone}


def test_cluster_zones_are_zones_of_the_region() -> None:
    assert not [place.name for place in regions().values() if not set(place.cluster_zones) <= set(place.zones)]


def test_only_one_region_cannot_hold_three_zones() -> None:
    assert [place.name for place in regions().values() if len(place.cluster_zones) < 3] == ["us-west-1"]


def test_what_a_region_lacks_are_families_and_zones_that_exist() -> None:
    for place in regions().values():
        known = set(families(place.cloud))
        missing = place.absent_families.union(place.doubtful_families, *place.lacking.values())
        assert missing <= known, place.name
        assert set(place.lacking) <= set(place.zones), place.name


@pytest.mark.parametrize(
    "region, jurisdiction", [("eu-west-1", "EU"), ("eu-west-2", "UK"), ("eu-central-2", "CH"), ("europe-west6", "CH"), ("us-east4", "US")]
)
def test_jurisdiction_follows_the_country_not_the_name(region: str, jurisdiction: str) -> None:
    assert regions()[region].jurisdiction == jurisdiction


def test_a_family_missing_in_the_region_is_offered_nowhere() -> None:
    assert offered_zones("g6.xlarge", "eu-west-1") == ()


def test_a_family_missing_in_one_zone_is_offered_in_the_others() -> None:
    assert offered_zones("m8i.xlarge", "eu-west-1") == ("euw1-az1", "euw1-az3")
    assert offered_zones("c4a-standard-4", "africa-south1") == ("africa-south1-a",)


def test_an_unknown_type_is_no_type() -> None:
    with pytest.raises(KeyError):
        offered_zones("m99.xlarge", "eu-west-1")


def test_picking_prefers_the_newest_general_purpose_generation_that_all_zones_have() -> None:
    assert pick_types("aws", 4, 16, "amd64", "us-east-2", ("use2-az1", "use2-az2", "use2-az3"), 1) == ("m8i.xlarge",)
    assert pick_types("aws", 4, 16, "amd64", "eu-west-1", ("euw1-az1", "euw1-az2", "euw1-az3"), 1) == ("m7i.xlarge",)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "europe-west4", "us-central1", "asia-southeast3", "me-central-1"])
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_picked_types_are_one_shape_offered_in_every_zone(region: str, architecture: str) -> None:
    place = regions()[region]
    picked = pick_types(place.cloud, 4, 12, architecture, region, place.cluster_zones, 3)  # type: ignore[arg-type]
    assert picked or architecture == "arm64"
    kinds = [instance_types(place.cloud)[name] for name in picked]
    assert all(kind.architecture == architecture and not kind.gpu and kind.vcpu >= 4 and kind.memory_gib >= 12 for kind in kinds)
    assert len({(kind.vcpu, kind.memory_gib) for kind in kinds}) <= 1
    assert all(set(place.cluster_zones) <= set(offered_zones(name, region)) for name in picked)


def test_picked_types_serve_one_purpose() -> None:
    assert pick_types("aws", 8, 64, "amd64", "eu-central-1", ("euc1-az1", "euc1-az2", "euc1-az3"), 3) == ("r7i.2xlarge",)


def test_nothing_is_picked_where_nothing_fits() -> None:
    assert pick_types("aws", 4096, 1, "amd64", "eu-west-1", (), 3) == ()
    assert pick_types("gcp", 4, 16, "amd64", "eu-west-1", (), 3) == ()


def test_prefix_delegation_never_offers_more_pods_than_eks_advises() -> None:
    kinds = instance_types("aws").values()
    assert all(kind.max_pods_prefix <= (110 if kind.vcpu < 30 else 250) for kind in kinds)


def test_minors_come_oldest_first() -> None:
    assert [minor.minor for minor in eks_minors()] == ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36"]
    assert [minor.minor for minor in gke_minors("STABLE")] == ["1.34", "1.35"]
    assert [minor.minor for minor in gke_minors("RAPID")] == ["1.34", "1.35", "1.36", "1.37"]


def test_exact_gke_versions_belong_to_their_minor() -> None:
    for channel in ("gke-rapid", "gke-regular", "gke-stable", "gke-extended"):
        exact = [(minor.minor, minor.exact) for minor in known_minors(channel) if minor.exact]
        assert exact
        assert all(re.fullmatch(re.escape(minor) + r"\.\d+-gke\.\d+", version) for minor, version in exact)


def test_support_ends_on_its_day_not_after_it() -> None:
    minor = next(minor for minor in eks_minors() if minor.minor == "1.34")
    assert [minor.support(date(2026, 12, 1)), minor.support(date(2026, 12, 2)), minor.support(date(2027, 12, 2))] == [
        "standard",
        "extended",
        "ended",
    ]


def test_a_channel_without_extended_support_ends_with_standard_support() -> None:
    minor = next(minor for minor in gke_minors("REGULAR") if minor.minor == "1.34")
    assert minor.support(date(2026, 10, 1)) == "ended"


def test_addon_versions_are_ordered_by_number_not_by_letter() -> None:
    assert addon_versions("aws-ebs-csi-driver", "1.35")[-1] == "v1.66.0-eksbuild.1"
    versions = addon_versions("kube-proxy", "1.35")
    assert versions == ("v1.35.3-eksbuild.2", "v1.35.3-eksbuild.13", "v1.35.3-eksbuild.29")


def test_an_addon_without_a_build_for_the_minor_has_no_version() -> None:
    assert addon_versions("fluent-bit", "1.36") == ()
    assert addon_versions("no-such-addon", "1.36") == ()


def test_addons_with_a_build_and_addons_with_settings_are_the_same() -> None:
    built = {row["addon"] for row in rows("addons") if row["delivery"] == "eks-addon"}
    assert set(managed_addons()) == built


@pytest.mark.parametrize("addon", ["vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "aws-ebs-csi-driver", "metrics-server"])
def test_the_base_addons_exist_for_every_minor_in_standard_support(addon: str) -> None:
    current = [minor.minor for minor in eks_minors() if minor.support(date(2026, 11, 24)) == "standard"]
    assert current
    assert not [minor for minor in current if not addon_versions(addon, minor)]


def test_addons_that_run_as_deployments_survive_a_node_and_wait_for_one() -> None:
    assert addon_settings("coredns").configuration["replicaCount"] == 2
    assert addon_settings("metrics-server").configuration["replicas"] == 2
    assert addon_settings("aws-ebs-csi-driver").configuration["controller"] == {"podDisruptionBudget": {"enabled": True}}
    assert [name for name in managed_addons() if addon_settings(name).after_nodes][:2] == ["coredns", "aws-ebs-csi-driver"]


def test_network_policy_is_enforced_on_eks() -> None:
    assert addon_settings("vpc-cni").configuration["enableNetworkPolicy"] == "true"


def test_replacement_rules_tell_update_from_replace() -> None:
    cluster = replacement()["aws:eks/cluster:Cluster"]
    assert cluster["bootstrapSelfManagedAddons"].on_change == "replace"
    assert cluster["accessConfig.authenticationMode"].on_change == "update"
    assert not cluster["accessConfig.authenticationMode"].removal_is_diff


def test_a_conditional_replacement_says_its_condition() -> None:
    rules = [rule for properties in replacement().values() for rule in properties.values()]
    assert len(rules) == 3778
    assert not [rule for rule in rules if rule.on_change == "conditional" and not rule.condition]
