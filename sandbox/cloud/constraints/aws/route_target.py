"""A route's gateway is attached to the VPC of its route table, and so is its NAT gateway.

Rule: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html.
Error: InvalidParameterValue "route table ... and network gateway ... belong to different networks", as the API's answer is quoted in public
issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import vpc_of
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/route:Route",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

VALUE: Final = Fault("ec2", "CreateRoute", "InvalidParameterValue")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    table = store.get("aws:ec2/routeTable:RouteTable", text(request.inputs, "routeTableId"))
    if table is None:
        return
    network = text(holds(table), "vpcId")
    gateway = store.get("aws:ec2/internetGateway:InternetGateway", text(request.inputs, "gatewayId"))
    nat = store.get("aws:ec2/natGateway:NatGateway", text(request.inputs, "natGatewayId"))
    if gateway is not None and text(holds(gateway), "vpcId") != network:
        yield _different("gatewayId", table, gateway)
    if nat is not None and (home := _network(nat, store)) and home != network:
        yield _different("natGatewayId", table, nat)


def _network(nat: Stored, store: StoreView) -> str:
    subnet = store.get("aws:ec2/subnet:Subnet", text(holds(nat), "subnetId"))
    return vpc_of(subnet) if subnet is not None else ""


def _different(property: str, table: Stored, gateway: Stored) -> Refusal:
    return VALUE.refusal(property, f"route table {table.id} and network gateway {gateway.id} belong to different networks")
