"""A node group's subnets belong to its cluster's VPC.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html (2025-06).
Error: InvalidParameterException "Subnets specified must belong to the VPC ...", measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import subnets, vpc_of
from sandbox.cloud.constraints.reading import holds, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/nodeGroup:NodeGroup",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("eks", "CreateNodegroup", "InvalidParameterException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    cluster = store.get("aws:eks/cluster:Cluster", text(request.inputs, "clusterName"))
    if cluster is None:
        return
    homes = {vpc_of(each) for each in subnets(store, texts(holds(cluster), "vpcConfig.subnetIds"))}
    for subnet in subnets(store, texts(request.inputs, "subnetIds")):
        if homes and vpc_of(subnet) not in homes:
            yield INVALID.refusal("subnetIds", f"Subnets specified must belong to the VPC {', '.join(sorted(homes))}: {subnet.id} does not")
