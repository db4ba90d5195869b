"""An EKS cluster's additional security groups: four at most, of the subnets' VPC.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html; quota: EKS endpoints and quotas, 2026-09-11.
Error: InvalidParameterException (botocore eks); text as measured against AWS by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import subnets, vpc_of
from sandbox.cloud.constraints.reading import texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateCluster", "InvalidParameterException")
_PROPERTY: Final = "vpcConfig.securityGroupIds"
_MOST: Final = 4


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    groups = texts(request.inputs, _PROPERTY)
    homes = {vpc_of(each) for each in subnets(store, texts(request.inputs, "vpcConfig.subnetIds"))}
    if len(groups) > _MOST:
        yield INVALID.refusal(_PROPERTY, f"You can specify at most {_MOST} security groups, got {len(groups)}")
    for group in groups:
        held = store.get("aws:ec2/securityGroup:SecurityGroup", group)
        if held is not None and homes and vpc_of(held) not in homes:
            yield INVALID.refusal(
                _PROPERTY,
                f"Security group(s) [{group}] are not in the same VPC as the subnets. Please specify a security group in the VPC.",
            )
