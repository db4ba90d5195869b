"""Address ranges that are taken, changed or freed between two renderings of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet.blueprint.files import SHARED
from fleet.diff.model import ABSENT, Change, Object
from fleet.diff.snapshot import Item, changed_items, identity

_SLOT = {"nodesCidr": "nodes", "podsCidr": "pods", "servicesCidr": "services", "controlPlaneCidr": "control plane"}
_SERVICES = "servicesCidr"


@dataclass(frozen=True, order=True)
class Range:
    """One range of a network or of a cluster in it. use: `network`, `nodes of core-prod-us-east-1`; before, after: CIDR, empty for none."""

    object: Object
    use: str
    before: str
    after: str


def ranges(changes: Sequence[Change], before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Range]:
    """What differs in the ranges of networks, their slots and EKS services, in order. before, after: rendered files (path -> JSON).

    Of clusters only those are read that come, go or are renamed: at 10,000 clusters reading all takes seconds.
    """
    read = {(change.object.stack, change.object.name) for change in changes if change.path == ""}
    read |= {(change.object.stack, name) for change in changes if change.path == "name" for name in (change.before, change.after)}
    whole = {f"stacks/{stack}/{name}.json" for stack, name in read}
    old, new = changed_items(_relevant(before, whole), _relevant(after, whole))
    found = [
        Range(change.object, f"services of {change.object.name}", _text(change.before), _text(change.after))
        for change in changes
        if change.path == _SERVICES
    ]
    for key in {*old, *new}:
        was, will = dict(_of(old.get(key))), dict(_of(new.get(key)))
        item = new.get(key) or old[key]
        found += [
            Range(item.object, use, was.get(use, ""), will.get(use, "")) for use in {*was, *will} if was.get(use, "") != will.get(use, "")
        ]
    return sorted(found)


def _relevant(files: Mapping[str, bytes], whole: set[str]) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path in whole or path.endswith(f"/{SHARED}")}


def _text(cidr: object) -> str:
    return "" if cidr is ABSENT else str(cidr)


def _of(item: Item | None) -> Iterator[tuple[str, str]]:
    """Use -> range."""
    if item is None:
        return
    if item.object.what == "cluster" and _SERVICES in item.data:
        yield f"services of {identity(item.data)}", item.data[_SERVICES]
    if item.object.what == "network":
        if "cidr" in item.data:
            yield "network", item.data["cidr"]
        for slot in item.data.get("slots", ()):
            yield from ((f"{use} of {slot['cluster']}", slot[key]) for key, use in _SLOT.items() if key in slot)
