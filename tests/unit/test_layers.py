"""Precedence of a cluster's settings, layer by layer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.compiling import compiled
from tests.property.fleets import fleet

LAYERS: list[tuple[str, Any]] = [
    ("defaults", lambda spec: spec["defaults"]),
    ("environment", lambda spec: spec["environments"]["dev"].setdefault("settings", {})),
    ("region", lambda spec: spec["regions"]["eu-west-1"].setdefault("settings", {})),
    ("class", lambda spec: spec["classes"]["standard"]),
    ("cluster", lambda spec: spec["clusters"]["core"]),
    ("override", lambda spec: spec.setdefault("overrides", [{"match": {"region": "eu-west-1"}, "set": {}}])[0]["set"]),
]
RETENTIONS = (30, 60, 90, 120, 150, 180)


def spec() -> dict[str, Any]:
    return fleet({"core": {"class": "standard", "in": {"dev": ["eu-west-1"]}}})


@pytest.mark.parametrize("strongest", range(len(LAYERS)))
def test_the_strongest_layer_that_speaks_decides_and_is_named(strongest: int) -> None:
    data = spec()
    for (_, layer), days in list(zip(LAYERS, RETENTIONS, strict=True))[: strongest + 1]:
        layer(data)["logRetentionDays"] = days
    result = compiled(data)
    assert result.blueprint.stacks[0].clusters[0].log_retention_days == RETENTIONS[strongest]
    origin = result.instances["core-dev-eu-west-1"].origin(("logRetentionDays",))
    assert origin[0] == {"defaults": "defaults", "environment": "environments", "region": "regions", "class": "classes"}.get(
        LAYERS[strongest][0], f"{LAYERS[strongest][0]}s"
    )


def test_maps_merge_lists_replace_and_null_removes() -> None:
    data = spec()
    data["classes"]["standard"]["tags"] = {"a": "1", "b": "2"}
    data["clusters"]["core"]["tags"] = {"b": None, "c": "3"}
    data["classes"]["standard"]["nodePools"]["system"]["types"] = {"aws": ["m7i.xlarge", "m6i.xlarge"]}
    data["clusters"]["core"]["nodePools"] = {"system": {"types": {"aws": ["m6i.xlarge"]}}}
    cluster = compiled(data).blueprint.stacks[0].clusters[0]
    assert cluster.tags == {"a": "1", "c": "3"}  # type: ignore[union-attr]
    assert cluster.node_pools[0].instance_types == ("m6i.xlarge",)  # type: ignore[union-attr]


def test_types_of_a_stronger_layer_replace_the_size_of_a_weaker_and_back() -> None:
    data = spec()
    data["clusters"]["core"]["nodePools"] = {"system": {"types": {"aws": ["m6i.2xlarge"]}}}
    assert compiled(data).blueprint.stacks[0].clusters[0].node_pools[0].instance_types == ("m6i.2xlarge",)  # type: ignore[union-attr]
    data["overrides"] = [{"match": {"cluster": "core"}, "set": {"nodePools": {"system": {"size": {"vcpu": 8, "memoryGiB": 32}}}}}]
    assert "m6i.2xlarge" not in compiled(data).blueprint.stacks[0].clusters[0].node_pools[0].instance_types[:1]  # type: ignore[union-attr]


def test_the_later_override_wins() -> None:
    data = spec()
    data["overrides"] = [{"match": {"environment": "dev"}, "set": {"logRetentionDays": days}} for days in (7, 14)]
    assert compiled(data).blueprint.stacks[0].clusters[0].log_retention_days == 14


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"environment": "dev"}, True),
        ({"environment": ["prod", "dev"]}, True),
        ({"environment": "prod"}, False),
        ({"cloud": "aws", "kind": "eks", "jurisdiction": "EU", "class": "standard", "cluster": "core"}, True),
        ({"cloud": "gcp"}, False),
        ({"label": {"tier": "gold"}}, True),
        ({"label": {"tier": "silver"}}, False),
        ({"environment": "dev", "region": "us-east-1"}, False),
    ],
)
def test_a_selector_matches_when_all_its_keys_do(match: dict[str, Any], hit: bool) -> None:
    data = spec()
    data["clusters"]["core"]["labels"] = {"tier": "gold"}
    data["overrides"] = [{"match": match, "set": {"logRetentionDays": 7}}]
    assert (compiled(data).blueprint.stacks[0].clusters[0].log_retention_days == 7) == hit


def test_totals_are_spread_over_the_zones_with_the_rest_in_the_first() -> None:
    data = spec()
    data["classes"]["standard"]["nodePools"]["system"] |= {"min": 4, "max": 8}
    groups = compiled(data).blueprint.stacks[0].clusters[0].node_pools[0].groups  # type: ignore[union-attr]
    assert [(group.min, group.max) for group in groups] == [(2, 3), (1, 3), (1, 2)]


def test_another_instance_type_is_another_group_name_and_another_size_is_not() -> None:
    data = spec()

    def names() -> list[str]:
        return [group.physical_name for group in compiled(data).blueprint.stacks[0].clusters[0].node_pools[0].groups]  # type: ignore[union-attr]

    before = names()
    data["clusters"]["core"]["nodePools"] = {"system": {"max": 9, "diskGiB": 200}}
    assert names() == before
    data["clusters"]["core"]["nodePools"] = {"system": {"types": {"aws": ["m6i.2xlarge"]}}}
    assert not set(names()) & set(before)


def test_splitting_an_environment_after_the_fact_is_refused_with_the_way_out() -> None:
    from fleet.spec.problem import SpecError

    data = spec()
    before = compiled(data).lock
    data["environments"]["dev"]["split"] = "region"
    assert compiled(data).blueprint.stacks[0].name == "dev-eu-west-1"
    with pytest.raises(SpecError, match="pulumi state move"):
        compiled(data, before)


def test_a_range_in_the_lock_cannot_change_its_size() -> None:
    from fleet.spec.problem import SpecError

    data = spec()
    before = compiled(data).lock
    data["defaults"]["network"] = {"podsPrefix": 17}
    with pytest.raises(SpecError, match="ranges never move"):
        compiled(data, before)


def test_a_returning_cluster_gets_its_old_range_back() -> None:
    data = spec()
    first = compiled(data).lock
    gone = compiled(fleet({"other": {"class": "standard", "in": {"dev": ["eu-west-1"]}}}), first).lock
    assert "core-dev-eu-west-1" in gone.retired_clusters
    back = compiled(data, gone).lock
    assert back.clusters["core-dev-eu-west-1"].ranges == first.clusters["core-dev-eu-west-1"].ranges
