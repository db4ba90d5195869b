"""Address ranges that are taken, changed or freed between two renderings of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fleet.diff.model import Object
from fleet.diff.snapshot import Item, changed_items

_SLOT = {"nodesCidr": "nodes", "podsCidr": "pods", "servicesCidr": "services", "controlPlaneCidr": "control plane"}


@dataclass(frozen=True, order=True)
class Range:
    """One range of a network or of a cluster in it. use: `network`, `nodes of core-prod-us-east-1`; before, after: CIDR, empty for none."""

    object: Object
    use: str
    before: str
    after: str


def ranges(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Range]:
    """What differs in the ranges of networks, their slots and EKS services, in order. before, after: rendered files (path -> JSON)."""
    old, new = changed_items(before, after)
    found = []
    for key in {*old, *new}:
        was, will = dict(_of(old.get(key))), dict(_of(new.get(key)))
        item = new.get(key) or old[key]
        found += [
            Range(item.object, use, was.get(use, ""), will.get(use, "")) for use in {*was, *will} if was.get(use, "") != will.get(use, "")
        ]
    return sorted(found)


def _of(item: Item | None) -> Iterator[tuple[str, str]]:
    """Use -> range."""
    if item is None:
        return
    if item.object.what == "cluster" and "servicesCidr" in item.data:
        yield f"services of {item.object.name}", item.data["servicesCidr"]
    if item.object.what == "network":
        if "cidr" in item.data:
            yield "network", item.data["cidr"]
        for slot in item.data.get("slots", ()):
            yield from ((f"{use} of {slot['cluster']}", slot[key]) for key, use in _SLOT.items() if key in slot)
