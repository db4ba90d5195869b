"""A stack's checkpoint as values: what it holds, what it left pending, and the same with resources adopted or dropped.

Form: `pulumi stack export`, version 3 (pulumi 3.259, sdk/go/common/apitype/core.go, ResourceV3 and OperationV2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Resource = dict[str, Any]
Document = dict[str, Any]


@dataclass(frozen=True)
class Pending:
    """An operation that was under way when its engine died. kind: creating, updating, deleting, reading or importing."""

    kind: str
    resource: Resource


def resources(checkpoint: Document) -> list[Resource]:
    return list((checkpoint.get("deployment") or {}).get("resources") or [])


def pending(checkpoint: Document) -> tuple[Pending, ...]:
    """The operations the checkpoint says were begun and not ended, in their order."""
    operations = (checkpoint.get("deployment") or {}).get("pending_operations") or []
    return tuple(Pending(item["type"], item["resource"]) for item in operations)


def silent_seconds(checkpoint: Document) -> float:
    """How long ago an engine last wrote this state."""
    written = datetime.fromisoformat(checkpoint["deployment"]["manifest"]["time"])
    return (datetime.now(UTC) - written).total_seconds()


def current(checkpoint: Document) -> dict[str, Resource]:
    """The resources that stand for their URN: not those that only wait to be deleted."""
    return {item["urn"]: item for item in resources(checkpoint) if not item.get("delete")}


def known_ids(checkpoint: Document) -> frozenset[tuple[str, str]]:
    """(type, id) of every resource in the state, those that wait to be deleted included."""
    return frozenset((item["type"], item["id"]) for item in resources(checkpoint) if item.get("id"))


def known_to(checkpoint: Document) -> frozenset[tuple[str, str, str]]:
    """(provider's URN, type, id) of the same: two clusters have objects of one type and id."""
    return frozenset((provider_of(item), item["type"], item["id"]) for item in resources(checkpoint) if item.get("id"))


def provider_of(item: Mapping[str, Any]) -> str:
    """The URN of a resource's provider, empty where it names none."""
    return str(item.get("provider") or "").rpartition("::")[0]


def edited(
    checkpoint: Document, adopted: Iterable[Resource], refreshed: Iterable[Resource], dropped: Iterable[tuple[str, str]]
) -> Document:
    """The checkpoint with resources adopted, others refreshed in place or dropped, both by (URN, id), and nothing pending.

    An adopted resource whose URN is taken replaces what holds it: that one then waits to be deleted, as after the engine's own replacement
    (one that is `pendingReplacement` is gone from the cloud already and is only dropped).
    """
    gone = set(dropped)
    fresh = {(item["urn"], item["id"]): item for item in refreshed}
    new = {item["urn"]: item for item in adopted}
    live: list[Resource] = []
    doomed: list[Resource] = []
    for item in resources(checkpoint):
        key = (item["urn"], item.get("id", ""))
        if key in gone:
            continue
        item = fresh.get(key, item)
        if item.get("delete"):
            doomed.append(item)
        elif item["urn"] not in new:
            live.append(item)
        elif not item.get("pendingReplacement"):
            doomed.append({**item, "delete": True})
    deployment = {key: value for key, value in checkpoint["deployment"].items() if key != "pending_operations"}
    return {**checkpoint, "deployment": {**deployment, "resources": in_order([*live, *new.values()]) + doomed}}


def in_order(items: list[Resource]) -> list[Resource]:
    """The same resources, each after its parent, provider and dependencies, else in the given order; what these name must be there."""
    by_urn = {item["urn"]: item for item in items}
    placed: dict[str, Resource] = {}

    def place(item: Resource) -> None:
        if item["urn"] in placed:
            return
        for urn in needs(item):
            if urn in by_urn and urn != item["urn"]:
                place(by_urn[urn])
        placed[item["urn"]] = item

    for item in items:
        place(item)
    return list(placed.values())


def needs(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The URNs that must precede a resource in a state: parent, provider, dependencies of all kinds."""
    provider = provider_of(item)
    by_property = [urn for urns in (item.get("propertyDependencies") or {}).values() for urn in urns or []]
    listed = [*(item.get("dependencies") or []), *(item.get("replaceWith") or []), *by_property]
    named = [item.get("parent"), provider, item.get("deletedWith"), *listed]
    return tuple(dict.fromkeys(urn for urn in named if urn))
