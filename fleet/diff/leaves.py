"""Walk two renderings of one object side by side: every leaf that differs, lists walked by what identifies their items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.diff.model import ABSENT

_IDENTITY = ("name", "cluster", "team", "zone", "key", "group")
"""What tells the items of a blueprint's list apart, in the order in which it is tried."""


@dataclass(frozen=True)
class Leaf:
    """A difference. path: with identities, as `nodePools[general].min`; names: without. item: an item of a list came or went."""

    path: str
    names: str
    before: Any
    after: Any
    item: bool


def differing(before: Any, after: Any) -> Iterator[Leaf]:
    """All leaves in which two JSON values differ, by path."""
    return _walk(before, after, "", "", False)


def _walk(before: Any, after: Any, path: str, names: str, item: bool) -> Iterator[Leaf]:
    if before is after or before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            below = f"{path}.{key}" if path else key
            yield from _walk(before.get(key, ABSENT), after.get(key, ABSENT), below, f"{names}.{key}" if names else key, False)
        return
    if isinstance(before, Sequence) and isinstance(after, Sequence) and not isinstance(before, str):
        old, new = _keyed(before), _keyed(after)
        if old is not None and new is not None:
            for key in sorted({*old, *new}):
                yield from _walk(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}[{key}]", names, True)
            return
    yield Leaf(path, names, before, after, item)


def _keyed(items: Sequence[Any]) -> dict[str, Any] | None:
    """A list's items by what identifies them; None for lists of plain values, which are compared whole."""
    if not all(isinstance(item, Mapping) for item in items):
        return None
    for key in _IDENTITY:
        found = {str(item[key]): item for item in items if key in item}
        if len(found) == len(items):
            return found
    return None
