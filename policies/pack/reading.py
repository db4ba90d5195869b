"""Reads nested properties of which any part may be missing or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fleet.policies.subject import is_unknown

_OF_FLEET = frozenset({"Name", "fleet", "environment", "managed-by", "fleet:resource", "fleet-resource"})


def at(value: Any, *steps: str, default: Any = None) -> Any:
    """What stands at `steps` (a list of one is walked through); the mark where the way is unknown, `default` where it is missing.

    Empty counts as missing: in a whole stack the engine shows what providers answered, which is 0, "" or [] for what nobody gave.
    """
    for step in steps:
        if isinstance(value, list):
            value = value[0] if value else None
        if is_unknown(value):
            return value
        if not isinstance(value, Mapping) or _is_missing(value.get(step)):
            return default
        value = value[step]
    return value


def _is_missing(value: Any) -> bool:
    return value is not False and not value


def either(values: Iterable[Any]) -> Any:
    """Whether any is true: True, or else the mark of an unknown one, or else False."""
    open_ = False
    for value in values:
        if is_unknown(value):
            open_ = open_ or value
        elif value:
            return True
    return open_


def both(one: Any, other: Any) -> Any:
    """Whether both are true: False as soon as one is not, else the mark of an unknown one."""
    return negated(either([negated(one), negated(other)]))


def each(values: Any, *steps: str) -> Any:
    """What stands at `steps` in every item of a list; the mark where the list is unknown."""
    return values if is_unknown(values) else [at(value, *steps) for value in values or []]


def negated(value: Any) -> Any:
    """`not value`; the mark stays."""
    return value if is_unknown(value) else not value


def given_tags(tags: Any) -> Any:
    """Tags or labels without those that fleet sets on everything it makes (components/names.py)."""
    return tags if is_unknown(tags) else {key: value for key, value in tags.items() if key not in _OF_FLEET}
