"""A reservation lies inside its subnet and does not overlap another.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html (copy of 2023-06).
Error: InvalidParameterValue, EC2 error code reference (the text is unverified).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.networks import clash, inside, known, network
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/subnetCidrReservation:SubnetCidrReservation",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

VALUE: Final = Fault("ec2", "CreateSubnetCidrReservation", "InvalidParameterValue")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    subnet = store.get("aws:ec2/subnet:Subnet", text(request.inputs, "subnetId"))
    wanted = network(text(request.inputs, "cidrBlock"))
    if subnet is None or wanted is None:
        return
    others = store.find("aws:ec2/subnetCidrReservation:SubnetCidrReservation", subnetId=subnet.id)
    if not inside(wanted, known([text(holds(subnet), "cidrBlock")])):
        yield VALUE.refusal("cidrBlock", f"The CIDR '{wanted}' is not within the CIDR of subnet '{subnet.id}'")
    elif (other := clash(wanted, known(text(holds(each), "cidrBlock") for each in others))) is not None:
        yield VALUE.refusal("cidrBlock", f"The CIDR '{wanted}' conflicts with the existing reservation '{other}'")
