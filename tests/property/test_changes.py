"""What a comment counts is what the list of changes holds, and folding loses nothing."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fleet.diff.fold import by_risk, fold
from fleet.diff.model import ABSENT, Change, Risk
from fleet.report.comment_rows import rows
from fleet.report.comment_top import RISK_WORDS, title
from fleet.report.links import Links
from tests.reviews import change, cluster, comment, review

PATHS = ("kubernetes", "tags.a", "tags.b", "nodePools[x].groups[z1].max", "nodePools[x].groups[z2].max")
CHANGES = st.lists(
    st.builds(
        lambda index, path, after, risk: change(cluster(index), path, 0, after, risk),
        st.integers(0, 5),
        st.sampled_from(PATHS),
        st.sampled_from([1, 2, "x", ABSENT, [1], {"a": 1}]),
        st.sampled_from(list(Risk)),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda each: (each.object, each.path),
)


@given(CHANGES)
def test_a_folded_view_has_every_object_of_every_change(changes: list[Change]) -> None:
    folded = fold(changes)
    assert {(item, each.change.risk) for each in folded for item in each.objects} == {(each.object, each.risk) for each in changes}
    assert [each.change.risk for each in folded] == sorted((each.change.risk for each in folded), reverse=True)
    assert all(each.change in changes for each in folded)


@given(CHANGES)
def test_rows_hold_every_distinct_change_once(changes: list[Change]) -> None:
    assert sum(row.changes for row in rows(changes, Links())) == len(fold(changes))


@given(CHANGES)
def test_the_first_line_counts_what_the_list_holds(changes: list[Change]) -> None:
    first = title(review(changes)).replace("*", "")
    for risk, count in by_risk(changes).items():
        found = re.search(rf"([^,:]*) {RISK_WORDS[risk]}", first)
        assert found and sum(int(number) for number in re.findall(r"\d+", found[1])) == count
    assert sum(by_risk(changes).values()) == len({each.object for each in changes})


@given(CHANGES)
def test_a_comment_that_fits_has_a_row_for_each_risk_and_the_same_bytes_twice(changes: list[Change]) -> None:
    text = comment(review(changes))
    shown = Counter(re.findall(r"^\| \**([a-z-]+)\** \|", text, flags=re.M))
    assert set(shown) == {str(each.risk) for each in changes}
    assert text == comment(review(changes))
