"""A rule of a security group: one source; ports in order, and none with protocol -1; the referenced group of the same VPC.

Rule: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html (copy of 2023-06).
Error: InvalidParameterValue, InvalidParameterCombination, EC2 error code reference; the texts are unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import integer, is_unknown, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

VALUE: Final = Fault("ec2", "AuthorizeSecurityGroupIngress", "InvalidParameterValue")
COMBINATION: Final = Fault("ec2", "AuthorizeSecurityGroupIngress", "InvalidParameterCombination")
_SOURCES: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    given = [source for source in _SOURCES if text(request.inputs, source) or is_unknown(request.inputs, source)]
    if len(given) != 1:
        one_of, got = ", ".join(_SOURCES), ", ".join(given) or "none"
        yield COMBINATION.refusal(given[-1] if given else "", f"exactly one of {one_of} must be given, got {got}")
    first, last = integer(request.inputs, "fromPort"), integer(request.inputs, "toPort")
    if text(request.inputs, "ipProtocol") in ("tcp", "udp", "6", "17") and first is not None and last is not None and first > last:
        yield VALUE.refusal("fromPort", f"Invalid TCP/UDP port range ({first}:{last})")
    if text(request.inputs, "ipProtocol") == "-1" and (first or -1, last or -1) != (-1, -1):
        yield COMBINATION.refusal("fromPort", "ports are not allowed with protocol -1 (all)")
