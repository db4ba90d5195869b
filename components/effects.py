"""Derives which blueprint leaf moves which resource property: changes every leaf of a sample stack and compares what would be registered.

A leaf is named by its path from the stack, without indices and with the tag of a union's member: `clusters.eks.nodePools.groups.min`. A
list of structs counts as a leaf too: it stands for adding and removing items. `*` in place of a property: resources come and go.
"""

from __future__ import annotations

import copy
import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from components.rehearsal import Recording, Registration, rehearse
from fleet.blueprint.model import Stack

Effects = dict[str, dict[str, list[str]]]
Path = tuple[str | int, ...]
COMES_AND_GOES = "*"
PROTECTION = "(protect)"
"""Not a property of the cloud's: whether the engine refuses to delete or replace the resource."""
EXPORTS = "pulumi:pulumi:Stack"

_FREE_FORM = frozenset({"tags", "labels", "annotations", "resourceLabels", "metadata", "values"})
"""Properties that are maps with keys of the user's choosing: they move as a whole, as in the replacement table. The `metadata` that a
Kubernetes object has at its top is none: its name is fixed and its labels are not."""
_LINKED = frozenset({"name", "cluster", "network", "zone", "region", "account", "principal"})
"""Leaves that refer to each other by value: changed wherever the value stands, or the sample would not hold together."""
_FIRST_WITHOUT = {
    "networks": ("clusters",),
    "networks.aws.slots": ("clusters",),
    "networks.gcp.slots": ("clusters",),
    "networks.aws.zones": ("clusters", "slots"),
    "networks.aws.slots.controlPlaneSubnets": ("clusters",),
    "networks.aws.slots.nodeSubnets": ("clusters",),
    "networks.aws.slots.podSubnets": ("clusters",),
}
"""Lists whose items others refer to: the lists of those are emptied before an item is removed."""
_PLACES = 2
"""How many of the places where a leaf stands are changed: the samples' first two items differ in what matters. All other values are
tried at the first place, one at the second."""
_TEXTS = {
    "principal": "arn:aws:iam::111111111111:role/other",
    "start": "2026-02-07T02:00:00Z",
    "end": "2026-02-07T14:00:00Z",
}
"""Another value for leaves where one letter more would not be one."""


@dataclass(frozen=True)
class Leaf:
    """A leaf of the blueprint model. kind `items`: a list of structs, which moves resources by its length."""

    path: str
    kind: Literal["value", "items"]
    choices: tuple[Any, ...] = ()


def leaves(of: Any = Stack) -> dict[str, Leaf]:
    """Every leaf of the model, by its path."""
    found = [leaf for leaf in _walk(msgspec.inspect.type_info(of), "") if leaf.path]
    return {leaf.path: leaf for leaf in sorted(found, key=lambda leaf: leaf.path)}


def derive(samples: Iterable[Stack]) -> Effects:
    """Leaf -> resource type -> property paths that move in one sample or another, all sorted. Leaves that move nothing have no entry."""
    moved: dict[str, dict[str, set[str]]] = {}
    for sample in samples:
        _derive(sample, moved)
    return {leaf: {kind: sorted(kinds[kind]) for kind in sorted(kinds)} for leaf, kinds in sorted(moved.items()) if kinds}


@dataclass(frozen=True)
class Update:
    """A resource that a changed leaf moves and that exists before and after. before, after: inputs; properties: the paths that differ."""

    leaf: str
    type: str
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    properties: frozenset[str]


def updates(samples: Iterable[Stack]) -> Iterator[Update]:
    """Every update that any variant of any leaf brings, in the samples' order; equal ones may come again."""
    for sample in samples:
        for leaf, start, end in _rehearsed(sample):
            old, new = _by_identity(start), _by_identity(end)
            for kind, name in sorted(old.keys() & new.keys()):
                before, after = old[kind, name], new[kind, name]
                properties = frozenset(_differing(before.inputs, after.inputs, "")) - set(after.ignore_changes)
                if properties:
                    yield Update(leaf, kind, name, before.inputs, after.inputs, properties)


def _derive(sample: Stack, moved: dict[str, dict[str, set[str]]]) -> None:
    for leaf, start, end in _rehearsed(sample):
        _compare(start, end, moved.setdefault(leaf, {}))


def _rehearsed(sample: Stack) -> Iterator[tuple[str, Recording, Recording]]:
    """Each leaf in each of its variants: what is registered before and after it changes."""
    before = rehearse(sample)
    content: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(sample))
    for leaf in leaves().values():
        for base, variant in _variants(leaf, content):
            start = before if base is content else rehearse(msgspec.convert(base, Stack))
            yield leaf.path, start, rehearse(msgspec.convert(variant, Stack))


# --- the model's leaves ---------------------------------------------------------------------------------------------------------------


def _walk(info: Any, path: str) -> Iterator[Leaf]:
    inspect = msgspec.inspect
    if isinstance(info, inspect.StructType):
        for field in info.fields:
            yield from _walk(field.type, f"{path}.{field.encode_name}".lstrip("."))
    elif isinstance(info, inspect.UnionType) and _structs(info):
        for member in _structs(info):
            yield from _walk(member, f"{path}.{member.tag}")
    elif isinstance(info, inspect.VarTupleType) and _structs(info.item_type):
        yield Leaf(path, "items")
        yield from _walk(info.item_type, path)
    else:
        yield Leaf(path, "value", tuple(info.values) if isinstance(info, inspect.LiteralType) else ())


def _structs(info: Any) -> list[msgspec.inspect.StructType]:
    """The structs a type may be; none if it may be something else."""
    members = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    structs = [member for member in members if isinstance(member, msgspec.inspect.StructType)]
    return structs if len(structs) == len(members) else []


def _places(value: Any, path: str, at: Path = (), name: str = "") -> Iterator[Path]:
    """Where a leaf stands in a stack's content."""
    if name == path:
        yield at
    elif isinstance(value, dict) and (not name or path.startswith(f"{name}.")):
        for key, inner in value.items():
            yield from _places(inner, path, (*at, key), f"{name}.{key}".lstrip("."))
    elif isinstance(value, list) and path.startswith(f"{name}."):
        for index, item in enumerate(value):
            tag = item.get("kind") or item.get("cloud") if name in ("networks", "clusters") else None
            yield from _places(item, path, (*at, index), f"{name}.{tag}" if tag else name)


# --- changing them --------------------------------------------------------------------------------------------------------------------


def _variants(leaf: Leaf, content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs of a stack and the same stack with one leaf changed in one way."""
    for number, place in enumerate(itertools.islice(_places(content, leaf.path), _PLACES)):
        if leaf.kind == "items":
            yield from _removals(leaf, content, place)
            continue
        old = _at(content, place)
        for new in _others(leaf, str(place[-1]), old)[: 1 if number else None]:
            yield content, _replaced(content, old, new) if _linked(place, old) else _with(content, place, new)


def _removals(leaf: Leaf, content: dict[str, Any], place: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    base = content
    if leaf.path in _FIRST_WITHOUT:
        base = copy.deepcopy(content)
        for name in _FIRST_WITHOUT[leaf.path]:
            for holder in [base] if name == "clusters" else base["networks"]:
                holder[name] = []
    items = _at(base, place)
    for index in range(len(items)):
        yield base, _with(base, place, items[:index] + items[index + 1 :])


def _linked(place: Path, old: Any) -> bool:
    return isinstance(old, str) and place[-1] in _LINKED and len(place) > 1


def _others(leaf: Leaf, name: str, old: Any) -> list[Any]:
    """Other values for a leaf, each as good as the old one."""
    if leaf.choices:
        return [choice for choice in leaf.choices if choice != old]
    if isinstance(old, bool):
        return [not old]
    if isinstance(old, int):
        return [old + 1]
    if isinstance(old, list):
        return [old[:-1], [*old, _text(name, old[-1])]] if old else [["203.0.113.0/24"]]
    if isinstance(old, dict):
        return [{}, {**old, "another": "value"}]
    return ["another"] if old is None else [_text(name, old)]


def _text(name: str, old: str) -> str:
    if name in _TEXTS and old != _TEXTS[name] and (name != "principal" or old.startswith("arn:")):
        return _TEXTS[name]
    if "/" in old and old.split("/")[0].count(".") == 3:
        network = ipaddress.ip_network(old)
        return f"{network.broadcast_address + 1}/{network.prefixlen}"
    return f"{old}9" if old[-1].isdigit() else f"{old}x"


def _at(content: Any, place: Path) -> Any:
    for step in place:
        content = content[step]
    return content


def _with(content: dict[str, Any], place: Path, new: Any) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    _at(changed, place[:-1])[place[-1]] = new
    return changed


def _replaced(content: Any, old: str, new: str) -> Any:
    if isinstance(content, dict):
        return {key: _replaced(value, old, new) for key, value in content.items()}
    if isinstance(content, list):
        return [_replaced(item, old, new) for item in content]
    return new if content == old else content


# --- what moves -----------------------------------------------------------------------------------------------------------------------


def _compare(before: Recording, after: Recording, moved: dict[str, set[str]]) -> None:
    old, new = _by_identity(before), _by_identity(after)
    for kind, _ in old.keys() ^ new.keys():
        moved.setdefault(kind, set()).add(COMES_AND_GOES)
    for identity in old.keys() & new.keys():
        properties = set(_differing(old[identity].inputs, new[identity].inputs, "")) - set(new[identity].ignore_changes)
        if old[identity].protect != new[identity].protect:
            properties.add(PROTECTION)
        if properties:
            moved.setdefault(identity[0], set()).update(properties)
    exported = {path.split(".", 1)[-1] for path in _differing(before.outputs, after.outputs, "") if "." in path}
    if exported:
        moved.setdefault(EXPORTS, set()).update(f"clusters.{path}" for path in exported)


def _by_identity(recording: Recording) -> Mapping[tuple[str, str], Registration]:
    return {(resource.type, resource.name): resource for resource in recording.resources}


def _free_form(path: str) -> bool:
    return path != "metadata" and path.rsplit(".", 1)[-1] in _FREE_FORM


def _differing(old: Any, new: Any, path: str) -> Iterator[str]:
    """Paths at which two inputs differ, without indices."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not _free_form(path):
        for key in old.keys() | new.keys():
            yield from _differing(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for first, second in zip(old, new, strict=True):
            yield from _differing(first, second, path)
    else:
        yield path
