"""An EKS control plane goes up, one minor at a time, to a minor that EKS offers, and not away from nodes more than three minors behind.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html; the provider only goes up (internal/service/eks/cluster.go).
The rollback of 2026 (one minor within seven days) is an operation of its own, which the provider does not call.
Error: InvalidParameterException "Unsupported Kubernetes minor version update from A to B" (cdk-preflight, 2026-09-25); readiness:
InvalidStateException.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fleet.catalog import eks_minors, minor_number
from sandbox.cloud.constraints.reading import effective, flag, holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("update",)

STEP: Final = Fault("eks", "UpdateClusterVersion", "InvalidParameterException")
NOT_READY: Final = Fault("eks", "UpdateClusterVersion", "InvalidStateException")
_KUBELET_SKEW: Final = 3


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    before, after = text(effective(request), "version"), text(request.inputs, "version")
    if not before or not after or before == after:
        return
    offered = [minor.minor for minor in eks_minors()]
    if after not in offered:
        yield STEP.refusal("version", f"unsupported Kubernetes version {after}. EKS offers {', '.join(offered)}")
    elif minor_number(after) != minor_number(before) + 1:
        yield STEP.refusal("version", f"Unsupported Kubernetes minor version update from {before} to {after}")
    elif not flag(request.inputs, "forceUpdateVersion", default=False):
        yield from _nodes_behind(request, store, after)


def _nodes_behind(request: Request, store: StoreView, after: str) -> Iterator[Refusal]:
    for group in store.find("aws:eks/nodeGroup:NodeGroup", clusterName=text(effective(request), "name")):
        version = text(holds(group), "version")
        if version and minor_number(after) - minor_number(version) > _KUBELET_SKEW:
            behind = f"Kubelet version {version} of node group {group.id} would be more than {_KUBELET_SKEW} minors behind {after}"
            yield NOT_READY.refusal("version", f"{behind}. Update the node group first, or set forceUpdateVersion")
