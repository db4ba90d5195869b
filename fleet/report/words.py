"""Values as one line of words, the same in every rendering."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fleet.diff.fold import Folded, shown_path
from fleet.diff.model import ABSENT, Change

LONGEST = 80


def value(found: Any) -> str:
    """A value as a reader expects it: text as it is, `none` for nothing, long ones cut with their length."""
    if found is ABSENT:
        return "(absent)"
    if found is None or found == [] or found == "":
        return "(none)"
    text = found if isinstance(found, str) else _flat(found)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _flat(found: Any) -> str:
    if isinstance(found, Sequence) and all(isinstance(item, str) for item in found):
        return ", ".join(found)
    if isinstance(found, Mapping) and "version" in found and "name" in found:
        return f"{found['name']} {found['version']}"
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def subject(change: Change) -> str:
    """What changes, as a person names it: `cluster core-prod-us-east-1`, `node pool general: max`."""
    if change.path == "":
        return f"{change.object.what} {change.object.name}"
    return shown_path(change)


def where(folded: Folded) -> str:
    """Whom it hits: the object, or how many of each environment."""
    if len(folded.objects) == 1:
        return str(folded.objects[0])
    parts = ", ".join(f"{environment} {count}" for environment, count in folded.environments.items())
    what = folded.objects[0].what
    return f"{len(folded.objects)} {what}s ({parts})"


def plural(count: int, word: str) -> str:
    """`1 cluster`, `2 clusters`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
