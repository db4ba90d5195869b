"""What a change of a resource property does: update in place, replace, or it depends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from fleet.catalog.table import flag, rows

OnChange = Literal["update", "replace", "conditional"]


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """One property's rule. removal_is_diff: False where leaving it out silently keeps the old value. condition: prose, empty if none."""

    on_change: OnChange
    required: bool
    removal_is_diff: bool
    condition: str
    source: str


@cache
def replacement() -> Mapping[str, Mapping[str, Replacement]]:
    """Pulumi type token -> property path (`accessConfig.authenticationMode`) -> rule."""
    table: dict[str, dict[str, Replacement]] = {}
    for row in rows("replacement"):
        table.setdefault(row["type"], {})[row["property"]] = Replacement(
            on_change=cast(OnChange, row["on_change"]),
            required=flag(row["required"]),
            removal_is_diff=flag(row["removal_is_diff"]),
            condition=row["condition"],
            source=row["source"],
        )
    return MappingProxyType({token: MappingProxyType(properties) for token, properties in table.items()})
