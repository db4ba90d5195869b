"""The parts of an Amazon Resource Name, empty where a string has not so many."""

from __future__ import annotations

from typing import Literal

_PARTS = ("arn", "partition", "service", "region", "account", "resource")


def part(arn: str, name: Literal["partition", "service", "region", "account", "resource"]) -> str:
    """One part of `arn:partition:service:region:account:resource`."""
    found = arn.split(":", len(_PARTS) - 1)
    index = _PARTS.index(name)
    return found[index] if index < len(found) else ""
