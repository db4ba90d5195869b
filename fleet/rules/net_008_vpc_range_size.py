"""F-NET-008: a VPC or subnet range of a size that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        for slot in network.slots:
            ranges = (
                ("podsPrefix", "podsCidr", [slot.pods_cidr]),
                ("podsPrefix", "podSubnets", [subnet.cidr for subnet in slot.pod_subnets]),
                ("nodesPrefix", "nodeSubnets", [subnet.cidr for subnet in slot.node_subnets]),
                ("nodesPrefix", "controlPlaneSubnets", [subnet.cidr for subnet in slot.control_plane_subnets]),
            )
            for setting, field, cidrs in ranges:
                wrong = [cidr for cidr in cidrs if not 16 <= ipv4(cidr).prefixlen <= 28]
                if wrong:
                    message = f"AWS takes ranges of /16 to /28, not {', '.join(wrong)}. Change {setting} before the cluster exists."
                    yield on_slot(network, slot, ("network", setting), message, field)


RULE = Rule(
    id="F-NET-008",
    severity="error",
    title="A VPC or subnet range of the wrong size",
    rationale="VPC ranges and subnets are /16 to /28: InvalidVpc.Range, InvalidSubnet.Range.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    check=_check,
)
