"""New values as YAML text: maps in blocks, lists in brackets, and quotes where YAML would read something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache

import yaml

from fleet.spec.plain import Plain

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INDENT = 2


def flow(value: Plain) -> str:
    """A value on one line, as `{ jurisdiction: EU }` and `[eu-west-1, eu-central-1]`."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def block(key: str, value: Plain, indent: int, comment: str = "") -> Iterator[str]:
    """The lines of a pair: maps in blocks of their own, lists in brackets. comment: behind the first line."""
    behind = f" # {comment}" if comment else ""
    margin = " " * indent
    if isinstance(value, Mapping) and value:
        yield f"{margin}{scalar(key)}:{behind}"
        for inner, item in value.items():
            yield from block(inner, item, indent + _INDENT)
    else:
        yield f"{margin}{scalar(key)}: {flow(value)}{behind}"


@cache
def scalar(value: str | int | float | bool | None) -> str:
    """A scalar, in double quotes where YAML 1.1 reads the bare word as something else, in a flow map or out of it."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        bare = value == value.strip() and yaml.load(f"[{value}, {{ {value}: {value} }}]", _LOADER) == [value, {value: value}]
    except yaml.YAMLError:
        bare = False
    return value if bare else json.dumps(value, ensure_ascii=False)
