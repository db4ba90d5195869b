"""F-NET-001: pod subnets of an EKS cluster that are too small for its nodes."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import AwsNetwork, AwsSlot, EksCluster
from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot

_PREFIX = 16
_RESERVED_BLOCKS = 2


def _check(context: Context) -> Iterator[Violation]:
    slots = {slot.cluster: (network, slot) for network in context.aws_networks for slot in network.slots}
    for cluster in context.eks_clusters:
        if cluster.name in slots:
            yield from _zones(cluster, *slots[cluster.name])


def _zones(cluster: EksCluster, network: AwsNetwork, slot: AwsSlot) -> Iterator[Violation]:
    demands = [(subnet, _blocks_needed(cluster, subnet.zone), _blocks(subnet.cidr)) for subnet in slot.pod_subnets]
    short = [(subnet.zone, needed, available) for subnet, needed, available in demands if needed > available]
    if short:
        _, needed, available = max(short, key=lambda demand: demand[1] - demand[2])
        yield on_slot(
            network,
            slot,
            ("network", "podsPrefix"),
            f"the pod subnets in {', '.join(zone for zone, _, _ in short)} have {available} blocks of 16 addresses, and the pools may "
            f"grow to need {needed} in one: pods of the last nodes would get no address. Give a smaller podsPrefix (a larger range) "
            "before the cluster exists, or lower max or maxPods.",
            "podSubnets",
        )


def _blocks(cidr: str) -> int:
    return max(ipv4(cidr).num_addresses // _PREFIX - _RESERVED_BLOCKS, 0)


def _blocks_needed(cluster: EksCluster, zone: str) -> int:
    """Blocks of 16 addresses for all nodes of a zone, with one node more per group while it is upgraded."""
    return sum((group.max + 1) * -(-pool.max_pods // _PREFIX) for pool in cluster.node_pools for group in pool.groups if group.zone == zone)


RULE = Rule(
    id="F-NET-001",
    severity="error",
    title="Pod subnets too small for the nodes that may come",
    rationale=(
        "With prefix delegation a node takes its pod addresses in blocks of 16; a subnet's first and last block hold reserved addresses."
    ),
    source=(
        "https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html, "
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
    ),
    check=_check,
)
