"""Renamed clusters: one that goes and one of equal shape that comes; to the cloud that is a loss and a new cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

import msgspec

from fleet.diff.model import ABSENT, Change, Object

_ALIKE_AT_MOST = 50
"""Among more clusters of one shape that come and go, names are paired in order instead of by likeness."""


@dataclass(frozen=True)
class Rename:
    """A cluster that is likely meant to stay. physical_name: what the cloud calls it, which a rename that keeps it must keep."""

    old: Object
    new: Object
    physical_name: str

    @property
    def old_entry(self) -> str:
        """The key under `clusters` that it had."""
        return _entry(self.old)

    @property
    def new_entry(self) -> str:
        """The key under `clusters` that it would get."""
        return _entry(self.new)


def renames(changes: Iterable[Change], before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Rename]:
    """Pairs of a removed and an added cluster of equal shape in one stack and region, each cluster in one pair at most, by old name.

    before, after: the rendered files (path -> JSON). Equal shape: kind, class, endpoint, teams, tags, and the pools by name, size and
    purpose; not what the lock chose (versions, types, zones, ranges), for a new name asks for that anew.
    """
    whole = [change for change in changes if change.object.what == "cluster" and change.path == ""]
    gone = sorted(_shaped(before, (change.object for change in whole if change.after is ABSENT)), key=_by_shape)
    come = sorted(_shaped(after, (change.object for change in whole if change.before is ABSENT)), key=_by_shape)
    candidates = {shape: list(members) for shape, members in groupby(come, key=lambda each: each[0])}
    found: list[Rename] = []
    for shape, members in groupby(gone, key=lambda each: each[0]):
        found += [Rename(old[1], new[1], old[2]) for old, new in _pairs(list(members), candidates.get(shape, []))]
    return sorted(found, key=lambda rename: rename.old)


_Shaped = tuple[bytes, Object, str]


def _shaped(files: Mapping[str, bytes], objects: Iterable[Object]) -> list[_Shaped]:
    found = []
    for object in objects:
        data = msgspec.json.decode(files[f"stacks/{object.stack}/{object.name}.json"])
        found.append((_shape(object, data), object, str(data["physicalName"])))
    return found


def _by_shape(shaped: _Shaped) -> tuple[bytes, Object]:
    return shaped[0], shaped[1]


def _shape(object: Object, data: Mapping[str, Any]) -> bytes:
    said = {
        "where": [object.stack, object.region, object.kind, data["class"]],
        "open": data["endpoint"],
        "teams": [[access["team"], access["tier"]] for access in data.get("access", ())],
        "tags": [data.get("tags"), data.get("labels")],
        "pools": [_pool(pool) for pool in data.get("nodePools", ())],
    }
    return msgspec.json.encode(said, order="sorted").replace(object.name.encode(), b"*")


def _pool(pool: Mapping[str, Any]) -> list[Any]:
    groups = pool.get("groups", [pool])
    sizes = [sum(group[size] for group in groups) for size in ("min", "max")]
    return [pool[key] for key in ("name", "capacity", "diskGib", "labels", "taints")] + sizes


def _pairs(gone: Sequence[_Shaped], come: Sequence[_Shaped]) -> list[tuple[_Shaped, _Shaped]]:
    """Pair clusters of one shape, the likest names first."""
    if max(len(gone), len(come)) > _ALIKE_AT_MOST:
        return list(zip(gone, come, strict=False))
    likeness = [
        (-SequenceMatcher(None, old[1].name, new[1].name).ratio(), old[1], new[1], left, right)
        for left, old in enumerate(gone)
        for right, new in enumerate(come)
    ]
    found: dict[int, int] = {}
    for *_, left, right in sorted(likeness):
        if left not in found and right not in found.values():
            found[left] = right
    return [(gone[left], come[right]) for left, right in sorted(found.items())]


def _entry(object: Object) -> str:
    return object.name.removesuffix(f"-{object.environment}-{object.region}")
