"""A comment stays within its budget for any change of any fleet, names the worst first, and counts what it leaves out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from fleet.diff.blast import Blast, Share
from fleet.diff.fold import fold
from fleet.diff.model import ABSENT, Change, Object, Reason, Risk
from fleet.gate.gather import Gate
from fleet.report.comment import BUDGET_BYTES, as_comment
from fleet.report.page import as_page
from fleet.report.review import Review
from fleet.report.review_json import as_json
from fleet.spec.problem import Mark


def change(index: int, risk: Risk, before: Any, after: Any) -> Change:
    item = Object("prod", "prod", "eu-west-1", "cluster", f"{'service-with-a-long-name' * 2}-{index:05}", "eks", True)
    reason = Reason("aws:eks/cluster:Cluster", "version", risk, "facts on eks/cluster.go")
    path = "" if risk == Risk.DESTROY else f"nodePools[pool-{index}].labels"
    return Change(item, path, before, after, risk, (reason,), Mark("fleet.yaml", index + 1, 1))


def review(changes: list[Change]) -> Review:
    share = {"prod": Share(len(changes), len(changes), 9, 9)}
    names = tuple(each.object.name for each in changes)
    return Review(
        "acme", "main 1234567", "work tree", "abc", changes, Gate((), (), False), Blast(names, (), ("EU",), share), frozenset(), (), "", ""
    )


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_every_cluster_changed_in_a_way_of_its_own(count: int) -> None:
    risks = [Risk.DESTROY if index % 200 == 0 else Risk.REPLACE if index % 200 == 1 else Risk.IN_PLACE for index in range(count)]
    changes = [change(index, risk, "eks", ABSENT if risk == Risk.DESTROY else f"value-{index}") for index, risk in enumerate(risks)]
    whole = review(changes)
    text = as_comment(whole)
    assert len(text.encode()) <= BUDGET_BYTES
    assert as_comment(whole) == text
    lines = text.splitlines()
    assert (
        f"**{risks.count(Risk.DESTROY)} DESTROYED**, {risks.count(Risk.REPLACE)} REPLACED, {risks.count(Risk.IN_PLACE)} in place"
        in lines[0]
    )
    shown = Counter(re.findall(r"^\| \**([a-z-]+)\** \|", text, flags=re.M))
    assert shown["destroy"] == risks.count(Risk.DESTROY) and shown["replace"] == risks.count(Risk.REPLACE)
    left_out = risks.count(Risk.IN_PLACE) - shown["in-place"]
    assert left_out > 0 and f"{left_out} in place" in lines[1]
    page = as_page(whole)
    assert all(each.object.name in page for each in changes)
    assert len(as_json(whole)["changes"]) == count


def test_one_change_of_a_thousand_clusters_is_one_row() -> None:
    changes = [change(index, Risk.ROLLING, 1, 2) for index in range(1_000)]
    same = [Change(each.object, "kubernetes", "1.35", "1.36", each.risk, each.reasons, each.cause) for each in changes]
    assert len(fold(same)) == 1 and len(fold(same)[0].objects) == 1_000
    text = as_comment(review(same))
    assert "| rolling | `kubernetes` `1.35` → `1.36` | 1000 | `prod 1000` |" in text


@pytest.mark.parametrize("padding", range(3))
def test_the_budget_holds_to_the_byte_with_wide_characters(padding: int) -> None:
    changes = [change(index, Risk.IN_PLACE, "漢字" * 20 + "x" * padding, "😀" * 20) for index in range(3_000)]
    text = as_comment(review(changes))
    assert len(text.encode()) <= BUDGET_BYTES
    assert text.count("<details>") == text.count("</details>") and text.count("`") % 2 == 0
