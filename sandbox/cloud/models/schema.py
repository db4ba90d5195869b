"""What a published API model says about one value: one neutral form for AWS's and Google's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

Kind = Literal["scalar", "list", "map", "structure", "any"]


@dataclass(frozen=True)
class Schema:
    """The limits of one value.

    min, max: length of a string, value of a number, count of a list or map. patterns: the whole string must match each of them.
    enum: the only values, empty where any is allowed. members and required: of a structure. element: of a list or map; key: of a map.
    documentation: the model's prose, kept for `documented`.
    """

    kind: Kind
    numeric: bool = False
    min: float | None = None
    max: float | None = None
    patterns: tuple[str, ...] = ()
    enum: tuple[str | int, ...] = ()
    members: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    element: Schema | None = None
    key: Schema | None = None
    documentation: str = ""


ANY = Schema(kind="any")


@cache
def spellings(name: str) -> tuple[str, ...]:
    """How an API may spell a property: `subnetIds`, `SubnetIds`, and both in the singular; Pulumi's names of lists are plurals."""
    numbers = (name, name.removesuffix("s"), f"{name}s")
    return tuple(dict.fromkeys(spelling for each in numbers for spelling in (each, each[:1].upper() + each[1:])))


def member(schema: Schema, name: str) -> Schema | None:
    """The member of a structure that a property of this name is, or None."""
    return next((schema.members[each] for each in spellings(name) if each in schema.members), None)


def member_at(schema: Schema, path: str) -> Schema:
    """The schema at a dotted path of member names; lists and maps are looked into. Raises LookupError for a member the model lacks."""
    here = schema
    for name in path.split("."):
        while here.kind in ("list", "map") and here.element is not None:
            here = here.element
        found = member(here, name)
        if found is None:
            raise LookupError(f"the API model has no member {name!r} on the way to {path!r}; it has: {', '.join(sorted(here.members))}")
        here = found
    return here


def python_pattern(pattern: str) -> str:
    """An AWS or Google pattern as Python's `re` takes it.

    Unicode classes: letters and numbers become `\\w`, separators `\\s`. The models write `^` and `$` at will: match the whole string.
    """
    return re.sub(r"\\p\{[LN]\}", r"\\w", re.sub(r"\\p\{Z\}", r"\\s", pattern))
