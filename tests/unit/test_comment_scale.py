"""A comment stays within its budget for any change of any fleet, names the worst first, and counts what it leaves out."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest

from fleet.diff.fold import fold
from fleet.diff.model import Risk
from fleet.report.comment_rows import fitted, rows
from fleet.report.flavour import FLAVOURS
from fleet.report.links import Links
from fleet.report.page import as_page
from fleet.report.review_json import as_json
from tests.gfm import Rendered
from tests.reviews import change, cluster, comment, distinct, review


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("count", [1_000, 10_000])
def test_every_cluster_changed_in_a_way_of_its_own(count: int, flavour: str) -> None:
    changes = distinct(count)
    whole = review(changes)
    text = comment(whole, flavour)
    assert len(text.encode()) <= FLAVOURS[flavour].budget_bytes
    assert comment(whole, flavour) == text
    of = Counter(each.risk for each in changes)
    lines = text.splitlines()
    assert lines[0].startswith(
        f"**{of[Risk.DESTROY]} clusters DESTROYED**, {of[Risk.REPLACE]} clusters REPLACED, {of[Risk.IN_PLACE]:,} clusters in place"
    )
    severe = [str(each.object) for each in changes if each.risk >= Risk.REPLACE]
    assert all(name in text for name in severe)
    shown = Counter(re.findall(r"^\| \**([a-z-]+)\** \|", text, flags=re.M))
    assert shown["destroy"] == of[Risk.DESTROY] and shown["replace"] == of[Risk.REPLACE]
    assert shown["in-place"] and f"{of[Risk.IN_PLACE] - shown['in-place']:,} in place" in lines[1]
    risks = re.findall(r"^\| \**(destroy|replace|in-place)\** \|", text, flags=re.M)
    assert risks == sorted(risks, key=("destroy", "replace", "in-place").index)
    page, document = as_page(whole), as_json(whole)
    assert all(each.object.name in page for each in changes) and len(document["changes"]) == count
    assert not Rendered(text).open


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_more_replacements_than_names_fit_are_counted_in_full(flavour: str) -> None:
    changes = [change(cluster(index), f"services-{index}", 1, index, Risk.REPLACE) for index in range(3_000)]
    text = comment(review(changes), flavour)
    assert len(text.encode()) <= FLAVOURS[flavour].budget_bytes
    assert text.startswith("**3,000 clusters REPLACED**")
    named = {each.object.name for each in changes if each.object.name in text}
    others = re.search(r"and ([\d,]+) others, in the report", text)
    assert others and len(named) + int(others[1].replace(",", "")) == 3_000
    assert len(named) > 300


def test_one_change_of_a_thousand_clusters_is_one_row() -> None:
    same = [change(cluster(index), "kubernetes", "1.35", "1.36", Risk.ROLLING) for index in range(1_000)]
    assert len(fold(same)) == 1 and len(fold(same)[0].objects) == 1_000
    text = comment(review(same))
    assert "| rolling | `kubernetes` `1.35` → `1.36` | 1,000 clusters | `prod` 1,000 | `fleet.yaml:1` |" in text
    assert text.startswith("**1,000 clusters rolling**: 1,000 of 1,000 clusters hit") and len(text) < 3_000


def test_a_thousand_fields_of_one_cluster_are_one_row() -> None:
    changes = [change(cluster(1), f"tags.key-{index:04}", "a", "b", line=index) for index in range(1_000)]
    text = comment(review(changes))
    assert text.startswith("**1 cluster in place**") and "and 997 more fields" in text and "997 more" in text
    assert len(re.findall(r"^\| in-place", text, flags=re.M)) == 1


def test_rows_fill_the_budget_to_the_byte() -> None:
    found = rows([change(cluster(index), f"labels.key-{index}", "漢字é́" * 9, "😀" * 20) for index in range(9)], Links())
    size = sum(len(row.text.encode()) + 1 for row in found)
    assert len(fitted(found, size).rows) == 9 and not fitted(found, size).left_out
    assert len(fitted(found, size - 1).rows) == 8 and fitted(found, size - 1).left_out == {Risk.IN_PLACE: 1}
    assert len(fitted(found, size + 1).rows) == 9


def test_severe_names_keep_their_place_while_rows_go() -> None:
    found = rows([change(cluster(index), f"range-{index}", 1, index, Risk.REPLACE) for index in range(40)], Links())
    sizes = range(400, sum(len(row.text.encode()) + 1 for row in found) + 300, 97)
    fits = [fitted(found, size) for size in sizes]
    for size, fit in zip(sizes, fits, strict=True):
        assert sum(len(line.encode()) + 1 for line in [*fit.rows, *fit.named]) <= size
    assert all(len(some.rows) <= len(more.rows) for some, more in pairwise(fits))
    names = ["\n".join([*fit.rows, *fit.named]).count("service-with-a-name") for fit in fits]
    assert names == sorted(names) and names[-1] == 40


@pytest.mark.parametrize("padding", range(0, 60, 7))
def test_nothing_is_cut_inside_a_wide_character_a_span_or_a_fold(padding: int) -> None:
    changes = [
        change(cluster(index), f"labels.key-{index}", "漢字é́" * 20 + "x" * padding, "😀" * 20, file="漢" * padding + "fleet.yaml")
        for index in range(1_500)
    ]
    text = comment(review(changes))
    assert len(text.encode()) <= FLAVOURS["github"].budget_bytes and "\ufffd" not in text
    page = Rendered(text)
    assert not page.open and page.tags["details"] == page.tags["summary"]
    assert all(len(row) == 5 for row in page.tables)
