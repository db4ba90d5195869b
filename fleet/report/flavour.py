"""The hosts' dialects of Markdown: what each renders, and how long a comment may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fleet.report.markdown import summary

Name = Literal["github", "gitlab", "flat"]
Kind = Literal["CAUTION", "WARNING"]


@dataclass(frozen=True)
class Flavour:
    """budget_bytes: the most that a comment takes. html: whether folds and small print are rendered; alerts are where they are."""

    name: Name
    budget_bytes: int
    html: bool

    def alert(self, kind: Kind, lines: Sequence[str]) -> list[str]:
        """A block that stands out; where hosts know no alerts it is a quote, so the words carry the meaning."""
        head = f"> [!{kind}]" if self.html else f"> **{kind.capitalize()}**"
        return [head, *(f"> {line}" for line in _apart(lines)), ""] if lines else []

    def fold(self, title: str, lines: Sequence[str]) -> list[str]:
        """A titled block, closed until it is clicked where the host can; nothing for no lines. title: words of ours."""
        if not lines:
            return []
        if self.html:
            return ["<details>", f"<summary>{summary(title)}</summary>", "", *lines, "", "</details>"]
        return [f"**{title}**", "", *lines, ""]

    def small(self, text: str) -> str:
        """Small print."""
        return f"<sub>{text}</sub>" if self.html else text


FLAVOURS: Mapping[str, Flavour] = {
    "github": Flavour("github", 60_000, True),
    "gitlab": Flavour("gitlab", 60_000, True),
    "flat": Flavour("flat", 32_000, False),
}
"""github: refuses above 262,144 bytes, says 65,536 characters; gitlab: 1,000,000 characters; flat: Bitbucket's 32,768 characters."""


def _apart(lines: Sequence[str]) -> list[str]:
    """Lines of one paragraph that stay lines: two blanks at the end are a line break to every host."""
    return [*(f"{line}  " for line in lines[:-1]), lines[-1]] if lines else []
