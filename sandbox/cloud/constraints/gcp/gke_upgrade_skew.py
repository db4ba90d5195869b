"""A control plane is not upgraded away from nodes that are more than two minors behind.

Rule: https://cloud.google.com/kubernetes-engine/versioning#version_skew (GKE documents two minors).
Error: failedPrecondition (container.v1, canonical codes); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fleet.catalog import minor_number
from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.gke_versions import is_version
from sandbox.cloud.constraints.reading import effective, holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("update",)

SKEW: Final = Fault("container.v1", "container.projects.locations.clusters.update", "FAILED_PRECONDITION")
_MOST_BEHIND: Final = 2


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted, running = text(request.inputs, "minMasterVersion"), text(effective(request), "masterVersion")
    cluster = store.get("gcp:container/cluster:Cluster", request.id)
    if cluster is None or not is_version(wanted) or not is_version(running) or minor_number(wanted) <= minor_number(running):
        return
    for pool in links.all_matching(store, "gcp:container/nodePool:NodePool", "cluster", cluster):
        version = text(holds(pool), "version")
        if is_version(version) and minor_number(wanted) - minor_number(version) > _MOST_BEHIND:
            behind = f"node pool {links.base(pool.id)} runs {version}, more than {_MOST_BEHIND} minors behind"
            reason = f'Master cannot be upgraded to "{wanted}": {behind}'
            yield SKEW.refusal("minMasterVersion", reason)
