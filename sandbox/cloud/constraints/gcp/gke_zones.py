"""The zones of a cluster's and a pool's nodes are of the cluster's region.

Rule: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters (locations). Zones: the catalogue.
Error: badRequest (container.v1, canonical codes); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import catalogue, links
from sandbox.cloud.constraints.google_networks import location
from sandbox.cloud.constraints.reading import strings
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = (
    "gcp:container/cluster:Cluster",
    "gcp:container/nodePool:NodePool",
)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    region = catalogue.region("gcp", links.region_of(location(request)))
    if region is None:
        return
    for path, zone in strings(request.inputs, "nodeLocations"):
        if zone not in region.zones:
            yield INVALID.refusal(path, f"Location {zone} is not a zone of region {region.name}; it has {', '.join(region.zones)}.")
