"""A pool's version is not newer than its control plane, and at most two minors older.

Rule: https://cloud.google.com/kubernetes-engine/versioning#version_skew (GKE documents two minors).
Error: badRequest (container.v1, canonical codes); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fleet.catalog import minor_number
from sandbox.cloud.constraints.gke_versions import is_version
from sandbox.cloud.constraints.google_networks import cluster_of
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/nodePool:NodePool",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.nodePools.create", "INVALID_ARGUMENT")
_MOST_BEHIND: Final = 2


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted, cluster = text(request.inputs, "version"), cluster_of(request, store)
    plane = text(holds(cluster), "masterVersion") if cluster is not None else ""
    if wanted in ("", "latest", "-") or not is_version(plane):
        return
    if not is_version(wanted):
        yield INVALID.refusal("version", f'Node version "{wanted}" is unsupported.')
    elif _patch(wanted) > _patch(plane)[: len(_patch(wanted))]:
        yield INVALID.refusal("version", f'Node version "{wanted}" must not be newer than the master version "{plane}".')
    elif minor_number(plane) - minor_number(wanted) > _MOST_BEHIND:
        yield INVALID.refusal(
            "version", f'Node version "{wanted}" must be within {_MOST_BEHIND} minor versions of the master version "{plane}".'
        )


def _patch(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.replace("-gke", "").split("."))
