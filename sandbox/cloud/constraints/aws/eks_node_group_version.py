"""A node group's version is its cluster's minor or one of the three below, and is never lowered; AL2 images end with 1.32.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html; measured by cdk-preflight, 2026-09-25.
Error: InvalidParameterException (botocore eks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fleet.catalog import minor_number
from sandbox.cloud.constraints.reading import effective, holds, is_unknown, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/nodeGroup:NodeGroup",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateNodegroup", "InvalidParameterException")
UPDATE: Final = Fault("eks", "UpdateNodegroupVersion", "InvalidParameterException")
_SKEW: Final = 3
_LAST_AL2: Final = 32


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    cluster = store.get("aws:eks/cluster:Cluster", text(request.inputs, "clusterName"))
    plane = text(holds(cluster), "version") if cluster is not None else ""
    wanted = text(request.inputs, "version") or plane
    if is_unknown(request.inputs, "version") or not _is_minor(plane):
        return
    if not _is_minor(wanted) or not 0 <= minor_number(plane) - minor_number(wanted) <= _SKEW:
        allowed = ", ".join(f"1.{minor_number(plane) - behind}" for behind in range(_SKEW + 1))
        yield INVALID.refusal(
            "version", f"Requested version {wanted} is not allowed for a cluster of version {plane}: use one of [{allowed}]"
        )
        return
    before = text(effective(request), "version")
    if request.phase == "update" and _is_minor(before) and minor_number(wanted) < minor_number(before):
        yield UPDATE.refusal("version", f"Nodegroup Kubernetes version {before} cannot be lowered to {wanted}")
    if text(request.inputs, "amiType").startswith("AL2_") and minor_number(wanted) > _LAST_AL2:
        yield INVALID.refusal("amiType", f"Amazon Linux 2 is not supported for Kubernetes version {wanted}: use an AL2023 AMI type")


def _is_minor(version: str) -> bool:
    major, _, minor = version.partition(".")
    return major == "1" and minor.isdigit()
