"""A cluster that is renamed with an alias keeps what the lock holds, and the plan says that nothing is replaced."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.compile.fleet import Compiled
from fleet.diff.blast import blast
from fleet.diff.cause import locator
from fleet.diff.compare import RENAMED, compare
from fleet.diff.model import Change, Risk
from fleet.diff.ranges import ranges
from fleet.diff.remedy import remedy
from fleet.generate.render import render
from fleet.lock.file import LockFile
from fleet.lock.model import Lock
from fleet.report.plan_text import as_text
from fleet.spec.problem import SpecError
from tests.property.compiling import compiled
from tests.property.fleets import fleet

CORE = {"class": "standard", "in": {"prod": ["eu-west-1", "europe-west4"]}}
WEB = {"class": "standard", "in": {"prod": ["eu-west-1"]}}


def changes(before: Compiled, after: Compiled) -> list[Change]:
    return compare(render(before.blueprint), render(after.blueprint), locator(after, LockFile(Lock())))


def renamed(entry: str, *aliases: str, **more: Any) -> dict[str, Any]:
    return fleet({"web": WEB, entry: {**CORE, "aliases": list(aliases), **more}})


@pytest.fixture(scope="module")
def first() -> Compiled:
    return compiled(fleet({"web": WEB, "core": CORE}))


def test_ranges_names_and_choices_go_on_under_another_name(first: Compiled) -> None:
    second = compiled(renamed("base", "core"), first.lock)
    held, kept = first.lock.clusters["core-prod-eu-west-1"], second.lock.clusters["base-prod-eu-west-1"]
    assert (kept.ranges, kept.name, kept.choices) == (held.ranges, held.name, held.choices)
    assert kept.formerly == "core-prod-eu-west-1" and second.lock.retired_clusters == {}


def test_the_plan_says_that_nothing_is_replaced(first: Compiled) -> None:
    second = compiled(renamed("base", "core"), first.lock)
    found = changes(first, second)
    assert {(each.object.name, each.path, each.risk) for each in found} == {
        ("base-prod-eu-west-1", "name", Risk.NONE),
        ("base-prod-europe-west4", "name", Risk.NONE),
    }
    assert "renamed, nothing is replaced" in as_text(found, "HEAD")
    assert {remedy(each, ()) for each in found} == {"Nothing is to be done: it is renamed, and its resources go on under its first name."}
    before, after = render(first.blueprint), render(second.blueprint)
    assert ranges(found, before, after) == []
    assert blast(found, before, after).environments["prod"].of_clusters == 3


def test_without_the_alias_it_is_another_cluster(first: Compiled) -> None:
    found = changes(first, compiled(renamed("base"), first.lock))
    assert max(each.risk for each in found) == Risk.DESTROY


def test_what_changes_besides_the_name_is_shown_under_the_new_one(first: Compiled) -> None:
    second = compiled(renamed("base", "core", logRetentionDays=7), first.lock)
    paths = {each.path for each in changes(first, second) if each.object.name == "base-prod-eu-west-1"}
    assert "logRetentionDays" in paths and "name" in paths


def test_renamed_twice_it_keeps_its_first_name_and_back_again_it_has_no_other(first: Compiled) -> None:
    second = compiled(renamed("base", "core"), first.lock)
    third = compiled(renamed("root", "core", "base"), second.lock)
    assert third.lock.clusters["root-prod-eu-west-1"].formerly == "core-prod-eu-west-1"
    assert all(each.reasons == (RENAMED,) for each in changes(second, third))
    back = compiled(renamed("core", "base", "root"), third.lock)
    assert back.lock == first.lock


def test_the_alias_may_go_once_the_lock_knows(first: Compiled) -> None:
    second = compiled(renamed("base", "core"), first.lock)
    assert compiled(renamed("base"), second.lock).lock == second.lock


def test_the_first_name_is_not_given_to_another_cluster(first: Compiled) -> None:
    second = compiled(renamed("base", "core"), first.lock)
    with pytest.raises(SpecError, match="the resources of base-prod-eu-west-1, which was renamed, are named by core-prod-eu-west-1 still"):
        compiled(fleet({"web": WEB, "base": CORE, "core": CORE}), second.lock)


@pytest.mark.parametrize("aliases", [["web"], ["core"]])
def test_an_alias_is_of_one_entry_that_is_gone(aliases: list[str]) -> None:
    spec = fleet({"web": {**WEB, "aliases": ["core"]}, "base": {**CORE, "aliases": aliases}})
    with pytest.raises(SpecError, match="is an entry of its own|is an alias of .* already"):
        compiled(spec)
