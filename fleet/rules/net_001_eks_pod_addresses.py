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
    for subnet in slot.pod_subnets:
        needed = _blocks_needed(cluster, subnet.zone)
        available = ipv4(subnet.cidr).num_addresses // _PREFIX - _RESERVED_BLOCKS
        if needed > available:
            yield on_slot(
                network,
                slot,
                ("network", "podsPrefix"),
                f"the pod subnet {subnet.cidr} in {subnet.zone} has {max(available, 0)} blocks of 16 addresses, and the pools may grow to "
                "need "
                f"{needed} there: the last nodes would get pods without addresses. Give a smaller podsPrefix (a larger range) before the "
                "cluster exists, or lower max or maxPods.",
                "podSubnets",
            )


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
