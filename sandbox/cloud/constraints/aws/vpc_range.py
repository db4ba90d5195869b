"""A VPC's range must not lie in blocks that no network may use.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html (copy of 2023-06).
Error: InvalidVpc.Range, EC2 error code reference; text as moto 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.networks import NEVER, clash, network
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/vpc:Vpc",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

RANGE: Final = Fault("ec2", "CreateVpc", "InvalidVpc.Range")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = network(text(request.inputs, "cidrBlock"))
    if wanted and clash(wanted, NEVER):
        yield RANGE.refusal("cidrBlock", f"The CIDR '{wanted}' is invalid.")
