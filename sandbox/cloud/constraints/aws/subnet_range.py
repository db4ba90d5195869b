"""A subnet's range lies inside one of its VPC's ranges, with a mask of /16 to /28.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (copy of 2023-06).
Error: InvalidSubnet.Range, EC2 error code reference; text as moto 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import ranges
from sandbox.cloud.constraints.networks import inside, network
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/subnet:Subnet",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

RANGE: Final = Fault("ec2", "CreateSubnet", "InvalidSubnet.Range")
_MASKS: Final = range(16, 29)


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    vpc = store.get("aws:ec2/vpc:Vpc", text(request.inputs, "vpcId"))
    wanted = network(text(request.inputs, "cidrBlock"))
    if vpc is None or wanted is None:
        return
    if wanted.prefixlen not in _MASKS or not inside(wanted, ranges(store, vpc)):
        yield RANGE.refusal("cidrBlock", f"The CIDR '{wanted}' is invalid.")
