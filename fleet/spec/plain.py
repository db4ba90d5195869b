"""Plain data, as YAML gives it: maps, lists and scalars, and how to walk it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None


class _Nothing:
    pass


NOTHING: Final = _Nothing()
"""What `descend` answers where there is no value; None is a value."""


def descend(data: object, step: str | int) -> object:
    """The value one step below `data`, or NOTHING."""
    if isinstance(data, Mapping):
        return data.get(step, NOTHING)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return NOTHING


def depth(data: object, path: tuple[str | int, ...]) -> int:
    """How many steps of `path` exist in `data`."""
    for count, step in enumerate(path):
        data = descend(data, step)
        if data is NOTHING:
            return count
    return len(path)
