"""What differs between two renderings of a fleet: one change per leaf, lists walked by what identifies their items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

_IDENTITY = ("name", "cluster", "team", "zone", "key")
"""What tells the items of a blueprint's list apart, in the order in which it is tried."""
ABSENT = "(absent)"


@dataclass(frozen=True)
class Change:
    """One changed leaf.

    object: stack and file, as `prod/core-prod-us-east-1`. path: inside it, empty for the file as a whole. before, after: ABSENT where the
    leaf is new or gone.
    """

    object: str
    path: str
    before: Any
    after: Any


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Change]:
    """All changes between two sets of rendered files (path -> JSON), by file and then by path."""
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        name = str(PurePosixPath(*PurePosixPath(path).parts[1:]).with_suffix(""))
        if path not in before or path not in after:
            yield Change(name, "", ABSENT if path not in before else "present", "present" if path not in before else ABSENT)
            continue
        for where, old, new in _walk(msgspec.json.decode(before[path]), msgspec.json.decode(after[path]), ""):
            yield Change(name, where, old, new)


def _walk(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _walk(before.get(key, ABSENT), after.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _keyed(before), _keyed(after)
        if old is None or new is None:
            yield path, before, after
            return
        for key in sorted({*old, *new}):
            yield from _walk(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}[{key}]")
    else:
        yield path, before, after


def _keyed(items: list[Any]) -> dict[str, Any] | None:
    """A list's items by what identifies them; None for lists of plain values, which are compared whole."""
    if not all(isinstance(item, dict) for item in items):
        return None
    for key in _IDENTITY:
        found = {str(item[key]): item for item in items if key in item}
        if len(found) == len(items):
            return found
    return None
