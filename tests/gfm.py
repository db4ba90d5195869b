"""What GitHub's own Markdown parser makes of a comment: its text, the cells of its tables, its tags."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

_VOID = frozenset(("br", "hr", "img", "input"))


class Rendered(HTMLParser):
    """A rendered comment. tags: how many of which; hrefs: where links lead; text: all text; tables: rows of cells; open: unclosed tags."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.hrefs: list[str] = []
        self.comments: list[str] = []
        self.code: list[str] = []
        self.tables: list[list[str]] = []
        self.plain = ""
        self.text = ""
        self.open: list[str] = []
        self.html = cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "a":
            self.hrefs.append(dict(attrs).get("href") or "")
        if tag == "tr":
            self.tables.append([])
        if tag in ("td", "th"):
            self.tables[-1].append("")
        if tag == "code":
            self.code.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += data
        if "code" in self.open:
            self.code[-1] += data
        else:
            self.plain += data
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1] += data
