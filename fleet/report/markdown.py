"""Values inside Markdown: whatever is in them stays text, in every renderer and in the plain text of a mail."""

from __future__ import annotations

import html
import re
import unicodedata

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!])")
_ZERO_WIDTH_SPACE = "\u200b"
"""Put behind every @, so that nobody is mentioned by a mail reply; the one invisible character that we write ourselves."""


def code(text: str) -> str:
    """A value as a code span that survives a table cell: pipes escaped, the fence longer than any backtick run in it."""
    shown = visible(text) or "(empty)"
    if not shown.strip():
        shown = f"({len(shown)} blanks)"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown.replace('|', chr(92) + '|')}{pad}{fence}"


def prose(text: str) -> str:
    """A sentence of ours that holds values: every character that Markdown or HTML reads is escaped, so it shows as it is."""
    return _SPECIAL.sub(r"\\\1", visible(text)).replace("&", "&amp;")


def summary(text: str) -> str:
    """Text inside <summary> or another HTML block, where Markdown is not read."""
    return html.escape(visible(text), quote=False)


def visible(text: str) -> str:
    """One line of text with everything invisible or directing spelled out: `\\u{202E}`."""
    return "".join(map(_character, text)).replace("@", f"@{_ZERO_WIDTH_SPACE}")


def _character(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"\\u{{{ord(character):04X}}}"
    return character
