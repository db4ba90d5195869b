"""Compare two renderings of a fleet: every change with its risk, in the order in which a person thinks of a fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from fleet.diff.leaves import Leaf, differing
from fleet.diff.model import ABSENT, Change, Object, Reason, Risk
from fleet.diff.notice import alarm, steps
from fleet.diff.risk import How, reasons, worst
from fleet.diff.snapshot import Item, changed_items
from fleet.spec.problem import Mark

Locate = Callable[[Object, str], Mark | None]
"""The line that caused a change of an object at a path; None where nothing is known."""


RENAMED = Reason(
    "pulumi:pulumi:Stack",
    "clusters",
    Risk.NONE,
    "renamed, nothing is replaced: its resources and its physical name go on under the first name",
)
"""What is said of a cluster under another name and of one identity."""

_OTHER_CLOUD = {"eks": "gcp:", "aws": "gcp:", "gke": "aws:", "gcp": "aws:"}
"""Kind of an object -> the types that are never part of it."""


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes], locate: Locate) -> list[Change]:
    """All changes between two sets of rendered files (path -> JSON), by stack, region, object and path."""
    old, new = changed_items(before, after)
    found = [change for key in sorted({*old, *new}) for change in _changes(old.get(key), new.get(key), locate)]
    return sorted(found, key=lambda change: (change.object, change.path))


def _changes(old: Item | None, new: Item | None, locate: Locate) -> Iterator[Change]:
    if old is None or new is None:
        yield _whole(old, new, locate)
        return
    if old.prefix != new.prefix:
        yield _whole(old, None, locate)
        yield _whole(None, new, locate)
        return
    for leaf in differing(old.data, new.data):
        if leaf.path == "name" and new.object.what == "cluster":
            yield Change(new.object, "name", leaf.before, leaf.after, Risk.NONE, (RENAMED,), locate(new.object, "name"))
        elif leaf.path != "formerly":
            yield _leaf(old, new, leaf, locate)


def _whole(old: Item | None, new: Item | None, locate: Locate) -> Change:
    item = new or old
    assert item is not None
    how: How = "added" if old is None else "removed"
    top = item.prefix.split(".")[0]
    found = tuple(reason for reason in reasons(top, how) if not reason.type.startswith(_OTHER_CLOUD[item.object.kind])) if top else ()
    before, after = (ABSENT, item.object.kind) if old is None else (item.object.kind, ABSENT)
    change = Change(item.object, "", before, after, worst(found), found, locate(item.object, ""))
    return _noticed(change, old, new)


def _leaf(old: Item, new: Item, leaf: Leaf, locate: Locate) -> Change:
    how: How = "added" if leaf.before is ABSENT else "removed" if leaf.after is ABSENT else "changed"
    names = f"{new.prefix}.{leaf.names}" if new.prefix else leaf.names
    found = _known(names, how if leaf.item else "changed")
    subject = replace(new.object, protected=old.object.protected)
    change = Change(subject, leaf.path, leaf.before, leaf.after, worst(found), found, locate(new.object, leaf.path))
    return _noticed(change, old, new)


def _known(names: str, how: How) -> tuple[Any, ...]:
    """The reasons of a leaf; a base that an older version wrote may have leaves that are none any more, and they move nothing."""
    try:
        return reasons(names, how)
    except KeyError:
        return ()


def _noticed(change: Change, old: Item | None, new: Item | None) -> Change:
    risk = change.risk
    shrunk = _takes_capacity(change)
    if shrunk:
        risk = max(risk, Risk.DISRUPTIVE)
    return Change(
        change.object,
        change.path,
        change.before,
        change.after,
        risk,
        change.reasons,
        change.cause,
        shrunk or alarm(change, old, new),
        steps(change, old, new),
    )


def _takes_capacity(change: Change) -> str:
    """A node pool's maximum that falls below what it was is capacity taken away, though the cloud calls it an update."""
    last = change.path.rsplit(".", 1)[-1]
    is_size = change.path.startswith("nodePools[") and last in ("max", "min")
    if is_size and isinstance(change.before, int) and isinstance(change.after, int) and change.after < change.before and last == "max":
        return "takes node capacity away"
    return ""
