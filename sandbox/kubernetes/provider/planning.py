"""What a change of inputs means for an object: which paths differ, and which of them make it a new object."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.cloud.differences import Difference
from sandbox.cloud.values import same
from sandbox.kubernetes.provider.objects import AUTONAMED, QUANTITIES, annotation, at, name_of, namespace_of, same_quantity
from sandbox.kubernetes.provider.problem import Values

Steps = tuple[str | int, ...]
_TABLE = Path(__file__).with_name("replacing.tsv")
MUTABLE = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}
"""What the provider's options enableConfigMapMutable and enableSecretMutable let change in place, unless the object is `immutable`."""


@dataclass(frozen=True)
class Plan:
    """All differences and whether each replaces; delete_first: the new object has the old one's name, so the old one must go first."""

    changes: Sequence[tuple[Difference, bool]]
    delete_first: bool


def plan(old: Values, new: Values, mutable: frozenset[str] = frozenset(), patch: bool = False) -> Plan:
    """Compare inputs. mutable: kinds out of MUTABLE that may change in place. patch: it owns some fields of an object of others."""
    changes = [(difference, _replaces(difference, old, new, mutable, patch)) for difference in differences(old, new)]
    replaced = any(replacing for _, replacing in changes)
    fixed = bool(name_of(new)) and annotation(new, AUTONAMED) != "true"
    same_place = name_of(new) == name_of(old) and namespace_of(new) == namespace_of(old)
    return Plan(changes, replaced and fixed and same_place)


def differences(old: Values, new: Values) -> list[Difference]:
    """All differences in order of their paths. Order counts, and so does an empty value; equal quantities are equal."""
    return list(_objects(old, new, (), False))


def _objects(old: Values, new: Values, path: Steps, quantities: bool) -> Iterator[Difference]:
    for key in sorted(old.keys() | new.keys()):
        yield from _values(old.get(key), new.get(key), (*path, key), quantities or key in QUANTITIES)


def _values(old: object, new: object, path: Steps, quantities: bool) -> Iterator[Difference]:
    if same(old, new) or (quantities and same_quantity(old, new)):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _objects(old, new, path, quantities)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _values(_item(old, index), _item(new, index), (*path, index), quantities)
    else:
        yield Difference(path, "add" if old is None else "delete" if new is None else "update", old, new)


def _item(values: list[object], index: int) -> object:
    return values[index] if index < len(values) else None


def _replaces(difference: Difference, old: Values, new: Values, mutable: frozenset[str], patch: bool) -> bool:
    kind = str(new.get("kind"))
    fixed = [row for row in _fixed() if _concerns(row, _group(new), kind)]
    if patch:
        fixed = [row for row in fixed if row.kind == "*"]
    if kind in mutable and not (at(old, "immutable") is True or at(new, "immutable") is True):
        fixed = [row for row in fixed if ".".join(row.path) not in MUTABLE[kind]]
    if difference.path == ("apiVersion",):
        return _group(old) != _group(new)
    return any(_within(difference.path, row.path) for row in fixed)


def _group(item: Values) -> str:
    return str(item.get("apiVersion", "")).rpartition("/")[0]


@dataclass(frozen=True)
class _Fixed:
    group: str
    kind: str
    path: tuple[str, ...]


@cache
def _fixed() -> tuple[_Fixed, ...]:
    with _TABLE.open(newline="", encoding="utf-8") as lines:
        table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(_Fixed(row["group"], row["kind"], tuple(row["path"].replace("[]", ".[]").split("."))) for row in table)


def _concerns(row: _Fixed, group: str, kind: str) -> bool:
    return row.kind == "*" or (row.group == group and row.kind == kind)


def _within(path: Steps, fixed: Sequence[str]) -> bool:
    """Whether a difference is at a fixed path or below it, or takes away or brings what is above it."""
    pairs = zip(path, fixed, strict=False)
    return all(step == wanted or (isinstance(step, int) and wanted == "[]") for step, wanted in pairs)
