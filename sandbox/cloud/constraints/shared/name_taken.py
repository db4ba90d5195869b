"""A name, or whatever else identifies a resource to its cloud, can be had once: clouds do not make creates idempotent.

Rule and errors: tables/unique.tsv, one row a key, each with the error of the operation that makes a second one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.reading import holds, is_unknown, value
from sandbox.cloud.constraints.registry import ANY
from sandbox.cloud.constraints.tables import rows
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ANY
PHASES: Final[tuple[Phase, ...]] = ("create",)


@dataclass(frozen=True)
class Key:
    """One row of the table. needed and optional: the properties of the key; scope: words as in the table."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    property: str
    scope: frozenset[str]
    fault: Fault
    text: str


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    for key in keys().get(request.type, ()):
        if _decidable(key, request) and any(_same(key, request, held) for held in _in_scope(key, request, store)):
            yield key.fault.refusal(key.property, key.text.format_map(_names(request)))


@cache
def keys() -> Mapping[str, tuple[Key, ...]]:
    """Type -> its keys."""
    found: dict[str, tuple[Key, ...]] = {}
    for row in rows("unique"):
        names = row["key"].split()
        key = Key(
            needed=tuple(name for name in names if not name.endswith("?")),
            optional=tuple(name.removesuffix("?") for name in names if name.endswith("?")),
            property=row["property"],
            scope=frozenset(row["scope"].split()),
            fault=Fault(row["service"], row["operation"], row["error"]),
            text=row["text"],
        )
        found[row["type"]] = (*found.get(row["type"], ()), key)
    return found


def _decidable(key: Key, request: Request) -> bool:
    known = all(value(request.inputs, name) is not None for name in key.needed)
    return known and not any(is_unknown(request.inputs, name) for name in (*key.optional, "location", "region", "zone", "project"))


def _in_scope(key: Key, request: Request, store: StoreView) -> Iterator[Stored]:
    google = "project" in key.scope or "place" in key.scope
    for held in store.everywhere.all(request.type) if google else store.all(request.type):
        if held.kept and "kept" not in key.scope:
            continue
        if google and held.caller.account != links.project(request):
            continue
        if "place" in key.scope and _place(holds(held), held.caller.region) != _place(request.inputs, request.caller.region):
            continue
        yield held


def _place(inputs: Mapping[str, object], otherwise: str) -> str:
    return links.place(inputs) or otherwise


def _same(key: Key, request: Request, held: Stored) -> bool:
    values = holds(held)
    return all(_plain(key, value(request.inputs, name)) == _plain(key, value(values, name)) for name in (*key.needed, *key.optional))


def _plain(key: Key, given: object) -> object:
    if given == "":
        return None
    if isinstance(given, str) and ("project" in key.scope or "place" in key.scope):
        return links.base(given)
    return given.lower() if isinstance(given, str) and "caseless" in key.scope else given


class _Names(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return ""


def _names(request: Request) -> Mapping[str, object]:
    place = _place(request.inputs, request.caller.region)
    around = {"project": links.project(request), "place": place, "region": request.caller.region, "account": request.caller.account}
    return _Names({**around, **{name: given for name, given in request.inputs.items() if isinstance(given, (str, int))}})
