"""An internet gateway stays while its network has mapped public addresses: those of NAT gateways.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html (copy of 2023-06).
Error: DependencyViolation, EC2 error code reference; text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import vpc_of
from sandbox.cloud.constraints.reading import effective, holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/internetGateway:InternetGateway",)
PHASES: Final[tuple[Phase, ...]] = ("delete",)

MAPPED: Final = Fault("ec2", "DetachInternetGateway", "DependencyViolation")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    network = text(effective(request), "vpcId")
    if network and any(_public_in(network, nat, store) for nat in store.all("aws:ec2/natGateway:NatGateway")):
        advice = "Please unmap those public address(es) before detaching the gateway."
        yield MAPPED.refusal("", f"Network {network} has some mapped public address(es). {advice}")


def _public_in(network: str, nat: Stored, store: StoreView) -> bool:
    held = holds(nat)
    subnet = store.get("aws:ec2/subnet:Subnet", text(held, "subnetId"))
    return bool(text(held, "allocationId")) and subnet is not None and vpc_of(subnet) == network
