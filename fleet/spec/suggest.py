"""The nearest known word to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely means, or None when nothing is near."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?`, or the known words when none is near and they are few, or nothing."""
    words = sorted(set(known))
    match = nearest(word, words)
    if match:
        return f' Did you mean "{match}"?'
    if words and len(words) <= 12:
        return f" Known: {', '.join(words)}."
    return ""
