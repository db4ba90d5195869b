"""A cluster's workload pool is that of its own project, PROJECT.svc.id.goog; groups for RBAC come under gke-security-groups@DOMAIN.

Rule: container.v1, WorkloadIdentityConfig.workloadPool and AuthenticatorGroupsConfig.securityGroup.
Error: badRequest (container.v1, canonical codes); text imitates the API's (gcpemu, 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    pool, wanted = text(request.inputs, "workloadIdentityConfig.workloadPool"), f"{links.project(request)}.svc.id.goog"
    if pool and pool != wanted:
        yield INVALID.refusal("workloadIdentityConfig.workloadPool", f'Workload pool "{pool}" is invalid; it must be "{wanted}".')
    group = text(request.inputs, "authenticatorGroupsConfig.securityGroup")
    if group and not group.startswith("gke-security-groups@"):
        reason = f'Security group "{group}" is invalid; it must be named gke-security-groups@<domain>.'
        yield INVALID.refusal("authenticatorGroupsConfig.securityGroup", reason)
