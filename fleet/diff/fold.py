"""Fold equal changes of many objects into one, and count whom a list of changes hits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from fleet.diff.model import ABSENT, Change, Object, Risk


@dataclass(frozen=True)
class Folded:
    """Equal changes: one of them to show, and the objects that all of them are about, in order."""

    change: Change
    objects: tuple[Object, ...]

    @property
    def environments(self) -> Mapping[str, int]:
        """Environment -> number of objects, most first."""
        return dict(Counter(object.environment for object in self.objects).most_common())


def fold(changes: Iterable[Change]) -> list[Folded]:
    """Changes that are the same on several objects become one; the worst first, then alarms, the widest, the protected, then by name.

    The zones of one pool fold too: `nodePools[general].groups[*].max` is one change of one cluster.
    """
    together: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        together.setdefault(_key(change), []).append(change)
    folded = [Folded(members[0], tuple(dict.fromkeys(member.object for member in members))) for members in together.values()]
    return sorted(folded, key=_order)


def shown_path(change: Change) -> str:
    """The path with what differs between equal changes left out: `nodePools[general].groups[*].max`."""
    if ".groups[" in change.path:
        head, _, tail = change.path.partition(".groups[")
        return f"{head}.groups[*]{tail.partition(']')[2]}"
    return change.path


def by_risk(changes: Iterable[Change]) -> Mapping[Risk, int]:
    """Risk -> number of objects whose worst change it is, worst first."""
    worst: dict[Object, Risk] = {}
    for change in changes:
        worst[change.object] = max(worst.get(change.object, Risk.NONE), change.risk)
    counts = Counter(worst.values())
    return {risk: counts[risk] for risk in sorted(counts, reverse=True)}


_ITSELF = {
    "cluster": ("aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"),
    "network": ("aws:ec2/vpc:Vpc", "gcp:compute/network:Network"),
}


def is_whole(change: Change) -> bool:
    """Whether the change's risk is to the object itself, and not to a part of it, as a subnet of a network or a key of a cluster."""
    itself = _ITSELF.get(change.object.what, ())
    return change.path == "" or any(reason.type in itself and reason.risk == change.risk for reason in change.reasons)


def clusters_hit(changes: Iterable[Change]) -> Sequence[str]:
    """The names of the clusters that a list of changes is about, in order."""
    return sorted({change.object.name for change in changes if change.object.what == "cluster"})


def _key(change: Change) -> tuple[object, ...]:
    name = change.object.name if change.path == "" and change.object.what != "account" else ""
    return (change.object.what, shown_path(change), _text(change.before), _text(change.after), change.risk, change.alarm, name)


def _text(value: object) -> bytes:
    if value is ABSENT:
        return b"absent"
    try:
        return msgspec.json.encode(value, order="sorted")
    except UnicodeEncodeError:  # half of a character, which UTF-8 cannot hold
        return json.dumps(value, sort_keys=True).encode()


def _order(folded: Folded) -> tuple[object, ...]:
    change = folded.change
    return (-change.risk, not change.alarm, -len(folded.objects), not change.object.protected, change.object, change.path)
