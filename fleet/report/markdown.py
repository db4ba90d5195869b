"""Values inside Markdown: whatever is in them stays text, in every renderer and in the plain text of a mail."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_DIRECTING = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_ZERO_WIDTH_SPACE = "\u200b"
"""Put behind every @, so that nobody is mentioned by a mail reply; the one invisible character that we write ourselves."""
_WORD = re.compile(r"""[("']*([A-Za-z]+(['-][A-Za-z]+)?|\d{1,6})[)"'.,;:!?]*|[–—→≥≤…%.,;:!?)]+""")
_COMMIT = re.compile(r"[0-9A-Fa-f]{7,}")
"""Words that a host may take for a commit."""
_ENDING = re.compile(r"[)\"'.,;:!?]*\Z")


def code(text: str) -> str:
    """A value as a code span, its fence longer than any run of backticks in it. In a cell of a table use `cell`."""
    shown = visible(text) or "(empty)"
    if not shown.strip():
        shown = f"({len(shown)} blanks)"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Markdown as it must be inside a cell of a table, where a pipe ends the cell even in a code span."""
    return text.replace("|", "\\|")


def prose(text: str) -> str:
    """A sentence of ours that holds values: what stands between backticks, and every word that is not plain, becomes a code span."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner belongs to a value
        parts = [text]
    return "".join(code(part) if index % 2 else " ".join(map(_word, part.split(" "))) for index, part in enumerate(parts))


def summary(text: str) -> str:
    """Text inside <summary> or another HTML block, where Markdown is not read."""
    return html.escape(visible(text), quote=False)


def link(text: str, url: str) -> str:
    """A link on a value. url: of ours; what a path in it may hold is percent-encoded by `path_url`."""
    return f"[{code(text)}]({url})"


def path_url(path: str) -> str:
    """A path for the end of a URL inside Markdown: no space, bracket or control character is left."""
    return quote(path.encode("utf-8", "replace"), safe="/-_.~")


def visible(text: str) -> str:
    """One line of text with everything invisible or directing spelled out: `\\u{202E}`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_character, text))
    return text.replace("@", f"@{_ZERO_WIDTH_SPACE}")


def _character(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if unicodedata.category(character) in _DIRECTING:
        return f"\\u{{{ord(character):04X}}}"
    return character


def _word(word: str) -> str:
    if not word:
        return ""
    if _WORD.fullmatch(word) and not _COMMIT.fullmatch(word.strip("(\"').,;:!?")):
        return word
    ending = _ENDING.search(word)
    assert ending is not None
    bare = word[: ending.start()]
    return f"{code(bare)}{ending[0]}" if bare else code(word)
