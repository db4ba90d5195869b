"""The risk of a change: the Effects table says which resource properties it moves, the replacement table what that does to them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from fleet.catalog import Replacement, replacement
from fleet.diff.model import Reason, Risk
from fleet.effects import moves

How = Literal["added", "removed", "changed"]
_WHOLE = "*"
_PROTECT = "(protect)"
_RISKS = {str(risk): risk for risk in Risk}


@cache
def reasons(leaf: str, how: How) -> tuple[Reason, ...]:
    """What a change of one leaf of the blueprint moves, worst first.

    leaf: from the stack, without indices, with the tag of a union's member, as `clusters.eks.nodePools.labels`. how: whether an item came,
    went, or a value changed. Raises KeyError for what is no leaf.
    """
    found = (_reason(type, property, how) for type, properties in moves(leaf).items() for property in properties)
    return tuple(sorted((reason for reason in found if reason), key=lambda reason: (-reason.risk, reason.type, reason.property)))


def worst(found: Iterable[Reason]) -> Risk:
    """The highest risk among reasons; NONE for none."""
    return max((reason.risk for reason in found), default=Risk.NONE)


def lost(type: str) -> str:
    """What is lost with a resource of a type, in words."""
    return _severity(type).why


def of_step(type: str, op: Literal["create", "update", "replace", "delete"]) -> Risk:
    """The risk of what the engine would do to a resource of a type."""
    severity = _severity(type)
    return {"replace": severity.replaced, "delete": severity.removed}.get(op, Risk.IN_PLACE)


def _reason(type: str, property: str, how: How) -> Reason | None:
    if type.startswith("pulumi:") or property == _PROTECT:
        return Reason(type, property, Risk.NONE if type.startswith("pulumi:") else Risk.IN_PLACE, "the engine's state alone")
    if property == _WHOLE:
        return _whole(type, how)
    rule = _rule(type, property)
    if rule is not None and rule.on_change != "update" and not (how == "removed" and not rule.removal_is_diff):
        certainty: Literal["yes", "maybe"] = "yes" if rule.on_change == "replace" else "maybe"
        return Reason(type, property, _severity(type).replaced, rule.condition or rule.source, certainty)
    if (type, property) in _rolling():
        return Reason(type, property, Risk.ROLLING, _rolling()[type, property])
    return Reason(type, property, Risk.IN_PLACE, rule.source if rule else "not in the replacement table: the provider updates it")


def _whole(type: str, how: How) -> Reason:
    severity = _severity(type)
    if how == "added":
        return Reason(type, _WHOLE, Risk.IN_PLACE, "a new one is made")
    return Reason(type, _WHOLE, severity.removed if how == "removed" else severity.replaced, severity.why)


def _rule(type: str, property: str) -> Replacement | None:
    """The replacement table's row of a property, else of the nearest object around it."""
    rows = replacement().get(type, MappingProxyType({}))
    while property:
        if property in rows:
            return rows[property]
        property = property.rpartition(".")[0]
    return None


class _Severity:
    def __init__(self, removed: Risk, replaced: Risk, why: str) -> None:
        self.removed, self.replaced, self.why = removed, replaced, why


_ORDINARY = _Severity(Risk.IN_PLACE, Risk.IN_PLACE, "nothing is lost with it")


def _severity(type: str) -> _Severity:
    return _severities().get(type, _ORDINARY)


@cache
def _severities() -> Mapping[str, _Severity]:
    return {row["type"]: _Severity(_RISKS[row["removed"]], _RISKS[row["replaced"]], row["why"]) for row in _rows("severity")}


@cache
def _rolling() -> Mapping[tuple[str, str], str]:
    return {(row["type"], row["property"]): row["source"] for row in _rows("rolling")}


def _rows(table: str) -> Iterator[Mapping[str, str]]:
    with (Path(__file__).parent / f"{table}.tsv").open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
