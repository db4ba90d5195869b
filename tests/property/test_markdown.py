"""Whatever a value holds, it stays text: read back from the rendered Markdown it is what it was."""

from __future__ import annotations

import html
import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fleet.report.markdown import code, prose, summary, visible

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
NASTY = st.text(
    alphabet=st.sampled_from(list("|\\`*_~<>[]()#@/!&\"' \n\t-=+ab1:é漢\u202e\u2066\u200b\x1b\x00")) | st.characters(codec="utf-8"),
    max_size=40,
)


def cells(value: str) -> list[str]:
    table = f"| a | b |\n|---|---|\n| {code(value)} | end |\n"
    return [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", MARKDOWN.render(table), flags=re.S)]


@given(NASTY)
@example("a|b")
@example("a\\|b")
@example("\\")
@example("```")
@example(" ` ")
@example("")
@example("   ")
@example("</details><img src=x onerror=y>")
@example("@user #123 org/repo#1")
def test_a_value_in_a_table_cell_reads_back_and_breaks_nothing(value: str) -> None:
    found = cells(value)
    assert len(found) == 2 and found[1] == "end"
    inside = re.fullmatch(r"<code>(.*)</code>", found[0], flags=re.S)
    assert inside
    expected = visible(value) or "(empty)"
    expected = expected if expected.strip() else f"({len(expected)} blanks)"
    assert inside[1].strip() == expected.strip()


@given(NASTY)
@example("**bold** <b>x</b> [a](javascript:x) <!-- c -->")
def test_prose_shows_as_it_is(value: str) -> None:
    rendered = MARKDOWN.renderInline(f"said: {prose(value)}")
    assert not re.search(r"<(?!/?p)", rendered)
    assert html.unescape(rendered).split() == f"said: {visible(value)}".split()


@given(NASTY)
def test_a_summary_holds_no_tag(value: str) -> None:
    assert "<" not in summary(value) and ">" not in summary(value)


@given(NASTY)
def test_nothing_invisible_nothing_that_directs_and_no_line_break_is_left(value: str) -> None:
    shown = visible(value).replace("@\u200b", "@")
    assert not any(character in shown for character in "\u202e\u2066\u200b\x1b\x00\n\r\t")
    assert "@" not in visible(value).replace("@\u200b", "")
