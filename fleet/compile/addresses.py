"""Cut the ranges that the lock holds into subnets: pure arithmetic, the same for the same ranges and zones."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.blueprint.model import AwsSlot, AwsSubnet, AwsZone, GcpSlot
from fleet.lock.ledger import HUB_PREFIX
from fleet.lock.model import LockedCluster, LockedNetwork
from fleet.lock.ranges import parse_range

_SHARED_PREFIX = 25
"""A zone's public subnet and its subnet of interface endpoints; four of each fill the hub's first /22."""
MAX_ZONES = 4
_CONTROL_PLANE_SUBNET_PREFIX = 28
"""EKS: dedicated /28 cluster subnets (11 usable addresses, 6 needed). GKE: the control-plane range is exactly /28."""


def aws_zones(network: LockedNetwork, zones: Sequence[str], nat: str) -> tuple[AwsZone, ...]:
    """What each zone shares: a public /25 and a /25 of interface endpoints. nat: `per-zone`, or `single` for one in the first zone."""
    hub = parse_range(network.range).part(HUB_PREFIX, 0)
    return tuple(
        AwsZone(
            zone=zone,
            public_cidr=str(hub.part(_SHARED_PREFIX, index)),
            endpoints_cidr=str(hub.part(_SHARED_PREFIX, MAX_ZONES + index)),
            nat=nat == "per-zone" or index == 0,
        )
        for index, zone in enumerate(zones)
    )


def aws_slot(name: str, cluster: LockedCluster, zones: Sequence[str]) -> AwsSlot:
    """The subnets of an EKS cluster: node and pod ranges are cut in four, for up to four zones."""
    return AwsSlot(
        cluster=name,
        nodes_cidr=cluster.ranges["nodes"],
        pods_cidr=cluster.ranges["pods"],
        control_plane_subnets=_cut(cluster.ranges["controlPlane"], zones, _CONTROL_PLANE_SUBNET_PREFIX),
        node_subnets=_cut(cluster.ranges["nodes"], zones),
        pod_subnets=_cut(cluster.ranges["pods"], zones),
    )


def gcp_slot(name: str, cluster: LockedCluster) -> GcpSlot:
    """The ranges of a GKE cluster: its subnetwork is regional, so nothing is cut by zone."""
    control_plane = parse_range(cluster.ranges["controlPlane"]).part(_CONTROL_PLANE_SUBNET_PREFIX, 0)
    return GcpSlot(
        cluster=name,
        nodes_cidr=cluster.ranges["nodes"],
        pods_cidr=cluster.ranges["pods"],
        services_cidr=cluster.ranges["services"],
        control_plane_cidr=str(control_plane),
    )


def _cut(cidr: str, zones: Sequence[str], prefix: int | None = None) -> tuple[AwsSubnet, ...]:
    block = parse_range(cidr)
    length = prefix or block.prefix + 2
    return tuple(AwsSubnet(zone=zone, cidr=str(block.part(length, index))) for index, zone in enumerate(zones))
