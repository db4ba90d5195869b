"""A route table and the subnet that it is associated with are of one VPC.

Rule: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html.
Error: InvalidParameterValue "Route table ... and subnet ... belong to different networks", as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import vpc_of
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/routeTableAssociation:RouteTableAssociation",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

VALUE: Final = Fault("ec2", "AssociateRouteTable", "InvalidParameterValue")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    table = store.get("aws:ec2/routeTable:RouteTable", text(request.inputs, "routeTableId"))
    subnet = store.get("aws:ec2/subnet:Subnet", text(request.inputs, "subnetId"))
    if table is not None and subnet is not None and vpc_of(table) != vpc_of(subnet):
        yield VALUE.refusal("routeTableId", f"Route table {table.id} and subnet {subnet.id} belong to different networks")
