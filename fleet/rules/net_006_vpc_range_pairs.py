"""F-NET-006: a secondary VPC range that AWS does not allow beside the primary one."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot

_TEN, _TWELVE, _SIXTEEN = IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")
_BENCHMARK, _SHARED, _DEFAULT_VPC = IPv4Network("198.19.0.0/16"), IPv4Network("100.64.0.0/10"), IPv4Network("172.31.0.0/16")

_RESTRICTED = (
    (_TEN, (_TWELVE, _SIXTEEN, _BENCHMARK)),
    (_TWELVE, (_TEN, _SIXTEEN, _DEFAULT_VPC, _BENCHMARK)),
    (_SIXTEEN, (_TEN, _TWELVE, _BENCHMARK)),
    (_SHARED, (_TEN, _TWELVE, _SIXTEEN, _BENCHMARK)),
)


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        forbidden = next((others for home, others in _RESTRICTED if ipv4(network.cidr).subnet_of(home)), ())
        for slot in network.slots:
            if any(ipv4(slot.pods_cidr).overlaps(other) for other in forbidden):
                yield on_slot(
                    network,
                    slot,
                    ("network", "podsPrefix"),
                    f"AWS refuses the pod range {slot.pods_cidr} beside the VPC's {network.cidr} (InvalidVpc.Range, the CIDR is "
                    "restricted). Take addressing.pools.pods from 100.64.0.0/10 or from the private range that pools.nodes is in.",
                    "podsCidr",
                )


RULE = Rule(
    id="F-NET-006",
    severity="error",
    title="A secondary VPC range that the primary one forbids",
    rationale=(
        "A VPC in one private range takes secondary ranges of the same one, of 100.64.0.0/10 and public ones, and none of the others."
    ),
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions",
    check=_check,
)
