"""F-NET-008: a VPC or subnet range of a size that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import AwsNetwork
from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Path, Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        for what, cidr, path in _ranges(network):
            if not 16 <= ipv4(cidr).prefixlen <= 28:
                yield on_spec(
                    ("addressing",),
                    f"AWS takes ranges of /16 to /28, not {cidr} ({what} in network {network.name}). Change networkPrefix, or nodesPrefix "
                    "and "
                    "podsPrefix of the cluster.",
                    ("networks", network.name, *path),
                )


def _ranges(network: AwsNetwork) -> Iterator[tuple[str, str, Path]]:
    yield "the VPC", network.cidr, ("cidr",)
    for zone in network.zones:
        yield f"the public subnet of {zone.zone}", zone.public_cidr, ("zones", zone.zone, "publicCidr")
        yield f"the endpoints' subnet of {zone.zone}", zone.endpoints_cidr, ("zones", zone.zone, "endpointsCidr")
    for slot in network.slots:
        yield f"the pods of {slot.cluster}", slot.pods_cidr, ("slots", slot.cluster, "podsCidr")
        parts = (
            ("controlPlaneSubnets", slot.control_plane_subnets),
            ("nodeSubnets", slot.node_subnets),
            ("podSubnets", slot.pod_subnets),
        )
        for field, subnets in parts:
            for subnet in subnets:
                yield f"{slot.cluster} in {subnet.zone}", subnet.cidr, ("slots", slot.cluster, field, subnet.zone)


RULE = Rule(
    id="F-NET-008",
    severity="error",
    title="A VPC or subnet range of the wrong size",
    rationale="VPC ranges and subnets are /16 to /28: InvalidVpc.Range, InvalidSubnet.Range.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    check=_check,
)
