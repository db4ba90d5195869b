"""What must not move once it was decided: address ranges, physical names, stacks, and every choice that came from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Choice(msgspec.Struct, frozen=True, rename={"wanted": "for", "taken": "is"}):
    """A pick from the catalogue. wanted: what was asked for; as long as that is asked, `taken` stays, whatever a newer catalogue says."""

    wanted: Any
    taken: Any


class LockedNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A network. domain: the routing domain in which `range` (a CIDR) is unique."""

    name: str
    domain: str
    range: str


class LockedCluster(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A cluster. ranges: `nodes`, `pods`, `services`, `controlPlane` to CIDR. choices: key as `pools.system.types` to Choice.

    name: the cloud's. formerly: the fleet's when it was made, where it was renamed since.
    """

    name: str
    formerly: str | None = None
    stack: str
    network: str
    ranges: dict[str, str]
    choices: dict[str, Choice]


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """The lock as a value. Retired entries keep their ranges and names, so that nothing new can take them unnoticed."""

    networks: Mapping[str, LockedNetwork] = {}
    clusters: Mapping[str, LockedCluster] = {}
    retired_networks: Mapping[str, LockedNetwork] = {}
    retired_clusters: Mapping[str, LockedCluster] = {}
