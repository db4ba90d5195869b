"""Whatever a value holds, it stays text: read back from what GitHub's parser renders it is what it was."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from fleet.report.markdown import cell, code, path_url, prose, summary, visible
from tests.gfm import Rendered

NASTY = st.text(
    alphabet=st.sampled_from(list("|\\`*_~<>[]()#@/!&\"' \n\t-=+ab1:é漢\u202e\u2066\u200b\x1b\x00")) | st.characters(codec="utf-8"),
    max_size=40,
)


def shown(value: str) -> str:
    text = visible(value) or "(empty)"
    return text if text.strip() else f"({len(text)} blanks)"


@given(NASTY)
@example("a|b")
@example("a\\|b")
@example("\\")
@example("|\\")
@example("```")
@example(" ` ")
@example("")
@example("   ")
@example("</details><img src=x onerror=y>")
@example("@user #123 org/repo#1 https://x.example/issues/1")
def test_a_value_in_a_table_cell_reads_back_and_breaks_nothing(value: str) -> None:
    page = Rendered(f"| a | b |\n|---|---|\n| {cell(code(value))} | end |\n")
    assert page.tables[1] == [shown(value), "end"]
    assert page.code == [shown(value)] and not page.hrefs


@given(NASTY)
@example("a|b")
@example("* x `y")
def test_a_value_in_a_list_reads_back(value: str) -> None:
    page = Rendered(f"- said: {code(value)}\n")
    assert page.code == [shown(value)] and page.tags == {"ul": 1, "li": 1, "code": 1}


def _bare(text: str) -> str:
    """A text without what stands for nothing and for blanks, and without blanks and backticks."""
    return "".join(re.sub(r"\(empty\)|\(\d+ blanks\)|`", "", text).split())


@given(NASTY)
@example("\xa0")
@example("**bold** <b>x</b> [a](javascript:x) <!-- c -->")
@example("see https://x.example/1, www.x.example, a@b.example, #12, GH-1 and 0123456789abcdef0123")
@example("1. one")
@example("a ` b `` c")
def test_prose_shows_as_it_is_and_links_nothing(value: str) -> None:
    page = Rendered(f"said: {prose(value)}")
    assert set(page.tags) <= {"p", "code"} and not page.hrefs
    assert _bare(page.text) == _bare(f"said:{visible(value)}")
    assert not any(sign in page.plain for sign in "@#/<>&*_[]|~\\")


@given(NASTY)
def test_a_summary_holds_no_tag(value: str) -> None:
    assert "<" not in summary(value) and ">" not in summary(value)


@given(NASTY)
def test_nothing_invisible_nothing_that_directs_and_no_line_break_is_left(value: str) -> None:
    text = visible(value).replace("@\u200b", "@")
    assert not any(character in text for character in "\u202e\u2066\u200b\x1b\x00\n\r\t")
    assert "@" not in visible(value).replace("@\u200b", "")


@given(NASTY)
def test_a_path_in_a_link_ends_it_nowhere(value: str) -> None:
    page = Rendered(f"[x](https://h.example/{path_url(value)}#L1) end")
    assert page.text.strip() == "x end" and len(page.hrefs) == 1
