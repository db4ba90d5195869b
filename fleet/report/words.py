"""Values as one line of words, the same in every rendering."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from fleet.diff.fold import Folded, shown_path
from fleet.diff.model import ABSENT, Change

LONGEST = 80
_LONGEST_PATH = 120
_BEFORE_DIFFERENCE = 12


def value(found: Any) -> str:
    """A value as a reader expects it: text as it is, `none` for nothing, long ones cut with an ellipsis."""
    text = _text(found)
    return text if len(text) <= LONGEST else f"{_from(text, 0)}"


def move(change: Change) -> tuple[str, str]:
    """Before and after; where both are long, cut so that what differs is what is left."""
    before, after = _text(change.before), _text(change.after)
    common = next((index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), 0)
    start = max(0, common - _BEFORE_DIFFERENCE) if common > LONGEST // 2 else 0
    return _from(before, start), _from(after, start)


def subject(change: Change) -> str:
    """What changes, as a person names it: `cluster core-prod-us-east-1`, `nodePools[general].max`."""
    if change.path == "":
        return f"{change.object.what} {change.object.name}"
    return shortened(shown_path(change), _LONGEST_PATH)


def where(folded: Folded) -> str:
    """Whom it hits: the object, or how many of each environment."""
    if len(folded.objects) == 1:
        return str(folded.objects[0])
    parts = ", ".join(f"{environment} {count}" for environment, count in folded.environments.items())
    what = folded.objects[0].what
    return f"{len(folded.objects)} {what}s ({parts})"


def plural(count: int, word: str) -> str:
    """`1 cluster`, `2 clusters`, `1,000 clusters`."""
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"


def listed(words: Sequence[str], most: int) -> str:
    """The first few of a list, and how many more: `a, b, 3 more`."""
    more = [f"{len(words) - most:,} more"] if len(words) > most else []
    return ", ".join([*words[:most], *more])


def shortened(text: str, longest: int) -> str:
    """A text with its middle left out where it is longer than `longest` characters."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}…{text[len(text) - half + 1 :]}"


def _text(found: Any) -> str:
    if found is ABSENT:
        return "(absent)"
    if found is None or found == [] or found == "":
        return "(none)"
    return found if isinstance(found, str) else _flat(found)


def _flat(found: Any) -> str:
    if isinstance(found, Sequence) and all(isinstance(item, str) for item in found):
        return ", ".join(found)
    if isinstance(found, Mapping) and "version" in found and "name" in found:
        return f"{found['name']} {found['version']}"
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def _from(text: str, start: int) -> str:
    """At most LONGEST characters from `start`, with an ellipsis where something is left out; never apart from its combining marks."""
    if start >= len(text):
        start = 0
    while start and unicodedata.combining(text[start]):
        start -= 1
    end = len(text) if len(text) - start <= LONGEST else start + LONGEST - 1
    while end < len(text) and end > start + 1 and unicodedata.combining(text[end]):
        end -= 1
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
