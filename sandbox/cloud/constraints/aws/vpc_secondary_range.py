"""A VPC's secondary range: not overlapping another range of it, and of a kind that its primary range allows; five at most.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, "IPv4 CIDR block association restrictions" (copy of 2023-06).
Error: InvalidVpc.Range "The CIDR 'X' is restricted ...", as users quote the API; CidrConflict and CidrBlockLimitExceeded: EC2 error code
reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from sandbox.cloud.constraints.aws_networks import ranges
from sandbox.cloud.constraints.networks import NEVER, clash, inside, known, network
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

RESTRICTED: Final = Fault("ec2", "AssociateVpcCidrBlock", "InvalidVpc.Range")
CONFLICT: Final = Fault("ec2", "AssociateVpcCidrBlock", "CidrConflict")
LIMIT: Final = Fault("ec2", "AssociateVpcCidrBlock", "CidrBlockLimitExceeded")
_MOST_RANGES: Final = 5

_FORBIDDEN: Final = tuple(
    (IPv4Network(primary), known(blocks))
    for primary, blocks in (
        ("10.0.0.0/8", ("172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16")),
        ("172.16.0.0/12", ("10.0.0.0/8", "192.168.0.0/16", "172.31.0.0/16", "198.19.0.0/16")),
        ("192.168.0.0/16", ("10.0.0.0/8", "172.16.0.0/12", "198.19.0.0/16")),
        ("100.64.0.0/10", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16")),
    )
)
"""Block of the primary range -> blocks that its VPC may not add."""


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    vpc = store.get("aws:ec2/vpc:Vpc", text(request.inputs, "vpcId"))
    wanted = network(text(request.inputs, "cidrBlock"))
    if vpc is None or wanted is None:
        return
    held = ranges(store, vpc)
    if clash(wanted, NEVER) or _forbidden(wanted, held[0]):
        advice = "Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR."
        yield RESTRICTED.refusal("cidrBlock", f"The CIDR '{wanted}' is restricted. {advice}")
    elif (other := clash(wanted, held)) is not None:
        yield CONFLICT.refusal("cidrBlock", f"The CIDR '{wanted}' conflicts with {other}, another range of {vpc.id}")
    elif len(held) >= _MOST_RANGES:
        yield LIMIT.refusal("cidrBlock", f"This network '{vpc.id}' has met its maximum number of allowed CIDRs: {len(held)}")


def _forbidden(wanted: IPv4Network, primary: IPv4Network) -> bool:
    return any(inside(primary, [block]) and clash(wanted, others) for block, others in _FORBIDDEN)
