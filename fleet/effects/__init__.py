"""Which blueprint leaf moves which resource property: the table that components derive, read without Pulumi.

effects.json is generated (`pytest tests/components/test_effects.py --accept`); no_resource.yaml says why the other leaves move nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import msgspec

Moves = Mapping[str, tuple[str, ...]]
"""Resource type token -> property paths without indices; `*`: resources come and go; `(protect)`: the engine's protection."""


@cache
def effects() -> Mapping[str, Moves]:
    """Leaf (`clusters.eks.nodePools.groups.min`) -> what it moves."""
    text = resources.files("fleet.effects").joinpath("effects.json").read_bytes()
    return MappingProxyType(msgspec.json.decode(text, type=dict[str, dict[str, tuple[str, ...]]]))


@cache
def no_resource() -> Mapping[str, str]:
    """Leaf -> why it moves no resource."""
    text = resources.files("fleet.effects").joinpath("no_resource.yaml").read_bytes()
    return MappingProxyType(msgspec.yaml.decode(text, type=dict[str, str]))


def moves(path: str) -> Moves:
    """What a change at a blueprint path moves. path: from the stack, with the tag of a union's member, as
    `clusters.eks.nodePools[general].labels.pool`; indices in brackets do not matter, nor does what lies below a leaf.

    Raises KeyError for a path that is no leaf of the blueprint.
    """
    parts = re.sub(r"\[[^\]]*\]", "", path).split(".")
    for end in range(len(parts), 0, -1):
        leaf = ".".join(parts[:end])
        if leaf in _leaves() and (end == len(parts) or not _holds_others(leaf)):
            return effects().get(leaf, MappingProxyType({}))
    raise KeyError(f"{path} is no leaf of the blueprint")


@cache
def _leaves() -> frozenset[str]:
    return frozenset(effects()) | frozenset(no_resource())


def _holds_others(leaf: str) -> bool:
    """Whether it is a list of structs, so that what lies below has names of its own."""
    return any(other.startswith(f"{leaf}.") for other in _leaves())
