"""A node group's sizes: minimum at most desired, desired at most maximum; 450 nodes at most.

Rule: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html; quota: EKS endpoints and quotas, 2026-09-11.
Error: InvalidParameterException (botocore eks), texts as measured by cdk-preflight, 2026-09-25; ResourceLimitExceededException.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import integer
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/nodeGroup:NodeGroup",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateNodegroup", "InvalidParameterException")
LIMIT: Final = Fault("eks", "CreateNodegroup", "ResourceLimitExceededException")
_MOST_NODES: Final = 450


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    least, wanted, most = (integer(request.inputs, f"scalingConfig.{name}") for name in ("minSize", "desiredSize", "maxSize"))
    if least is not None and most is not None and least > most:
        yield INVALID.refusal("scalingConfig.minSize", f"Minimum capacity {least} can't be greater than maximum size {most}")
    elif least is not None and wanted is not None and least > wanted:
        yield INVALID.refusal("scalingConfig.minSize", f"minSize can't be greater than desiredSize: {least} > {wanted}")
    elif wanted is not None and most is not None and wanted > most:
        yield INVALID.refusal("scalingConfig.desiredSize", f"desiredSize can't be greater than maxSize: {wanted} > {most}")
    if most is not None and most > _MOST_NODES:
        yield LIMIT.refusal("scalingConfig.maxSize", f"Maximum number of nodes per node group is {_MOST_NODES}, got {most}")
