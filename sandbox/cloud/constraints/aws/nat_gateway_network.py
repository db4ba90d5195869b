"""A public NAT gateway needs an internet gateway in its network, and an address.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html (copy of 2023-06).
Error: Gateway.NotAttached, the failure code that the API reports for the NAT gateway (botocore ec2, NatGateway.FailureCode).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import vpc_of
from sandbox.cloud.constraints.reading import is_unknown, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/natGateway:NatGateway",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

NOT_ATTACHED: Final = Fault("ec2", "CreateNatGateway", "Gateway.NotAttached")
NO_ADDRESS: Final = Fault("ec2", "CreateNatGateway", "MissingParameter")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    if (text(request.inputs, "connectivityType") or "public") != "public" or text(request.inputs, "availabilityMode") == "regional":
        return
    subnet = store.get("aws:ec2/subnet:Subnet", text(request.inputs, "subnetId"))
    if subnet is not None and not store.find("aws:ec2/internetGateway:InternetGateway", vpcId=vpc_of(subnet)):
        yield NOT_ATTACHED.refusal("subnetId", f"Network {vpc_of(subnet)} has no Internet gateway attached")
    if not text(request.inputs, "allocationId") and not is_unknown(request.inputs, "allocationId"):
        yield NO_ADDRESS.refusal("allocationId", "The request must contain the parameter AllocationId")
