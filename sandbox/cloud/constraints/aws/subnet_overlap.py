"""Two subnets of a VPC do not overlap.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (copy of 2023-06).
Error: InvalidSubnet.Conflict, EC2 error code reference; text as moto 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.networks import clash, known, network
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/subnet:Subnet",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

CONFLICT: Final = Fault("ec2", "CreateSubnet", "InvalidSubnet.Conflict")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = network(text(request.inputs, "cidrBlock"))
    siblings = store.find("aws:ec2/subnet:Subnet", vpcId=text(request.inputs, "vpcId"))
    if wanted and clash(wanted, known(text(holds(each), "cidrBlock") for each in siblings)):
        yield CONFLICT.refusal("cidrBlock", f"The CIDR '{wanted}' conflicts with another subnet")
