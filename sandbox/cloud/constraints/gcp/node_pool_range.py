"""The secondary range that a pool's pods use is of its cluster's subnetwork, unless GKE is to make it.

Rule: https://cloud.google.com/kubernetes-engine/docs/how-to/multi-pod-cidr (container.v1, NodeNetworkConfig.podRange).
Error: badRequest (container.v1, canonical codes); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import SUBNETWORK, cluster_of, secondary_ranges
from sandbox.cloud.constraints.reading import flag, holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/nodePool:NodePool",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.nodePools.create", "INVALID_ARGUMENT")
_PROPERTY: Final = "networkConfig.podRange"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted, cluster = text(request.inputs, _PROPERTY), cluster_of(request, store)
    if not wanted or cluster is None or flag(request.inputs, "networkConfig.createPodRange", default=False):
        return
    held = holds(cluster)
    region = links.region_of(links.place(held))
    subnetwork = links.resolve(store, SUBNETWORK, text(held, "subnetwork"), cluster.caller.account, region)
    if subnetwork is not None and wanted not in secondary_ranges(subnetwork):
        name = links.base(subnetwork.id)
        yield INVALID.refusal(_PROPERTY, f'Pod secondary range "{wanted}" does not exist in subnetwork "{name}".')
