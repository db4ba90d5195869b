"""A protected EKS cluster is not deleted: deletionProtection must be set to false in an update before.

Rule: https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html (botocore eks, deletionProtection).
Error: InvalidRequestException (botocore eks, DeleteCluster); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import effective, flag
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("delete",)

PROTECTED: Final = Fault("eks", "DeleteCluster", "InvalidRequestException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    if flag(effective(request), "deletionProtection", default=False):
        reason = f"Cluster {request.id} has deletion protection enabled. Set deletionProtection to false in an update first, then delete"
        yield PROTECTED.refusal("deletionProtection", reason)
