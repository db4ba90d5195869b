"""Renamed clusters are found by their shape, each in one pair at most, and only where they could be the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fleet.diff.compare import compare
from fleet.diff.ranges import ranges
from fleet.diff.remedy import remedy
from fleet.diff.rename import Rename, renames

STACKS = Path(__file__).parents[2] / "stacks"
LEDGER: dict[str, Any] = json.loads((STACKS / "prod/ledger-prod-eu-central-1.json").read_text())


def files(*clusters: Mapping[str, Any]) -> dict[str, bytes]:
    return {f"stacks/prod/{cluster['name']}.json": json.dumps(cluster).encode() for cluster in clusters}


def named(entry: str, **fields: Any) -> dict[str, Any]:
    name = f"{entry}-prod-eu-central-1"
    return {**LEDGER, "name": name, "physicalName": name, **fields}


def found(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Rename]:
    return renames(compare(before, after, lambda object, path: None), before, after)


def test_a_cluster_of_the_same_shape_under_another_name_is_a_rename() -> None:
    (rename,) = found(files(named("ledger")), files(named("accounts", servicesCidr="172.20.16.0/20", kubernetes="1.36")))
    assert (rename.old_entry, rename.new_entry, rename.physical_name) == ("ledger", "accounts", "ledger-prod-eu-central-1")


def test_a_cluster_of_another_shape_or_place_is_none() -> None:
    for other in (
        {"class": "standard"},
        {"region": "eu-west-1"},
        {"access": []},
        {"endpoint": {"publicCidrs": ["203.0.113.0/24"]}},
        {"nodePools": LEDGER["nodePools"][:1]},
        {"tags": {"owner": "others"}},
    ):
        assert not found(files(named("ledger")), files(named("accounts", **other))), other
    assert not found(files(named("ledger")), files()) and not found(files(), files(named("ledger")))


def test_of_several_the_likest_names_are_paired_and_each_once() -> None:
    pairs = found(files(named("ledger"), named("batch")), files(named("batches"), named("ledger-v2"), named("third")))
    assert {(pair.old_entry, pair.new_entry) for pair in pairs} == {("ledger", "ledger-v2"), ("batch", "batches")}


def test_very_many_are_paired_in_order() -> None:
    old, new = [named(f"a{index:03}") for index in range(60)], [named(f"b{index:03}") for index in range(60)]
    pairs = found(files(*old), files(*new))
    assert [(pair.old_entry, pair.new_entry) for pair in pairs] == [(f"a{index:03}", f"b{index:03}") for index in range(60)]


def test_the_way_out_of_a_rename_keeps_the_physical_name() -> None:
    before, after = files(named("ledger")), files(named("accounts"))
    changes = compare(before, after, lambda object, path: None)
    gone = next(change for change in changes if change.object.name.startswith("ledger"))
    said = remedy(gone, renames(changes, before, after))
    assert "`fleet cluster rename ledger accounts`" in said and "keeps its physical name `ledger-prod-eu-central-1`" in said


def test_ranges_that_come_go_and_move_are_listed() -> None:
    shared = json.loads((STACKS / "prod/networks.json").read_text())
    old = {"stacks/prod/networks.json": json.dumps(shared).encode(), **files(named("ledger"))}
    shared["networks"][0]["slots"][0]["podsCidr"] = "100.70.0.0/18"
    new = {"stacks/prod/networks.json": json.dumps(shared).encode(), **files(named("ledger", servicesCidr="172.20.16.0/20"))}
    listed = [(each.use, each.before, each.after) for each in ranges(compare(old, new, lambda object, path: None), old, new)]
    assert listed == [
        ("services of ledger-prod-eu-central-1", "172.20.0.0/20", "172.20.16.0/20"),
        ("pods of ledger-prod-eu-central-1", "100.66.64.0/18", "100.70.0.0/18"),
    ]
