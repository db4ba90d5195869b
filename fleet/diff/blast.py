"""Blast radius: whom a list of changes hits, counted over the whole fleet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from fleet.blueprint.files import SHARED
from fleet.diff.model import Change, Risk
from fleet.diff.snapshot import identity


@dataclass(frozen=True)
class Share:
    """What of one environment is hit: clusters, and the nodes that its hit clusters may have at most, each against all of it."""

    clusters: int
    of_clusters: int
    nodes: int
    of_nodes: int


@dataclass(frozen=True)
class Blast:
    """Whom changes hit. clusters: by name; teams, jurisdictions: sorted; environments: by name, production-like last."""

    clusters: tuple[str, ...]
    teams: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    environments: Mapping[str, Share]

    @property
    def total(self) -> int:
        """How many clusters the fleet has."""
        return sum(share.of_clusters for share in self.environments.values())


def blast(changes: Iterable[Change], before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Blast:
    """Count what changes with a risk hit: clusters themselves, and those in a network that is more than updated.

    before, after: the rendered files (path -> JSON) of either side; a cluster that goes counts too.
    """
    changes = list(changes)
    hit = {change.object.name for change in changes if change.risk > Risk.NONE and change.object.what == "cluster"}
    networks = {change.object.name for change in changes if change.risk >= Risk.DISRUPTIVE and change.object.what == "network"}
    clusters = _clusters({**before, **after})
    environments: dict[str, Share] = {}
    teams: set[str] = set()
    jurisdictions: set[str] = set()
    for cluster in clusters:
        touched = cluster["name"] in hit or cluster.get("network") in networks
        if touched:
            hit.add(cluster["name"])
        nodes = most_nodes(cluster)
        old = environments.get(cluster["environment"], Share(0, 0, 0, 0))
        environments[cluster["environment"]] = Share(
            old.clusters + touched, old.of_clusters + 1, old.nodes + nodes * touched, old.of_nodes + nodes
        )
        if touched:
            teams.update(access["team"] for access in cluster.get("access", ()))
            jurisdictions.add(cluster["jurisdiction"])
    return Blast(tuple(sorted(hit)), tuple(sorted(teams)), tuple(sorted(jurisdictions)), dict(sorted(environments.items())))


def most_nodes(cluster: Mapping[str, Any]) -> int:
    """The nodes that a cluster's pools may have at most."""
    pools = cluster.get("nodePools", ())
    return sum(pool["max"] if "max" in pool else sum(group["max"] for group in pool["groups"]) for pool in pools)


def _clusters(files: Mapping[str, bytes]) -> Iterable[Mapping[str, Any]]:
    """Every cluster once; of a renamed one, whose two files are both there, the later."""
    decoded = (_decoded(content) for path, content in files.items() if PurePosixPath(path).name != SHARED)
    return {(cluster["environment"], identity(cluster)): cluster for cluster in decoded}.values()


def _decoded(content: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(content)
    return decoded
