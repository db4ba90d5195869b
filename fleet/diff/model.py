"""The values of a comparison: what changed on what, how risky it is and why, and which line caused it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Literal

from fleet.spec.problem import Mark

What = Literal["account", "network", "cluster", "stack"]


class Absent:
    """What stands before something new and after something gone; JSON null."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = Absent()


class Risk(IntEnum):
    """How a change hurts, worst last; comparable."""

    NONE = 0
    """No resource moves."""
    IN_PLACE = 1
    """Resources are made, or changed without a break."""
    ROLLING = 2
    """Nodes are replaced one after the other; workloads move."""
    DISRUPTIVE = 3
    """Something is away for a while, or capacity goes."""
    REPLACE = 4
    """A cluster, network, subnet, key or bucket is deleted and made again."""
    DESTROY = 5
    """A cluster, network, subnet, key or bucket is deleted."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, order=True)
class Object:
    """What a change is about: one file's worth of the blueprint.

    kind: `eks`, `gke`, `aws`, `gcp`, empty for a stack. protected: whether the base protects it (for a new one: whether it will be).
    """

    stack: str
    environment: str
    region: str
    what: What
    name: str
    kind: str
    protected: bool

    def __str__(self) -> str:
        return f"{self.stack}/{self.name}"


@dataclass(frozen=True)
class Reason:
    """One resource property that moves, and what the replacement table says of it.

    replaces: `yes`, `no`, or `maybe` where the table's condition looks at more than the property; the risk then is that of a replacement.
    """

    type: str
    property: str
    risk: Risk
    source: str
    replaces: Literal["yes", "no", "maybe"] = "no"


@dataclass(frozen=True)
class Change:
    """One changed leaf, or one thing that came or went.

    path: inside the object, list items by what identifies them, as `nodePools[general].groups[euw1-az1].max`; empty for the object as a
    whole. reasons: worst first. steps: what a person must do besides. alarm: why it belongs at the top whatever its risk, empty for none.
    """

    object: Object
    path: str
    before: Any
    after: Any
    risk: Risk
    reasons: tuple[Reason, ...] = ()
    cause: Mark | None = None
    alarm: str = ""
    steps: tuple[str, ...] = field(default=())
