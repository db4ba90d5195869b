"""F-NET-005: node subnets that are too small for the nodes that may come."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import AwsSlot, BuiltCluster, EksCluster, GcpSlot
from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot


def _check(context: Context) -> Iterator[Violation]:
    clusters = {cluster.name: cluster for cluster in context.clusters}
    for network in context.networks.values():
        for slot in network.slots:
            cluster = clusters.get(slot.cluster)
            for cidr, usable, nodes in _demand(cluster, slot) if cluster else ():
                if nodes > usable:
                    yield on_slot(
                        network,
                        slot,
                        ("network", "nodesPrefix"),
                        f"the node subnet {cidr} has {usable} usable addresses, and the pools may grow to {nodes} nodes in it (one more "
                        "per pool during an upgrade). Give a smaller nodesPrefix (a larger range) before the cluster exists, or lower max.",
                        "nodeSubnets" if isinstance(slot, AwsSlot) else "nodesCidr",
                    )


def _demand(cluster: BuiltCluster, slot: AwsSlot | GcpSlot) -> Iterator[tuple[str, int, int]]:
    """Node subnets with their usable addresses and the nodes that may come to each."""
    if isinstance(slot, AwsSlot) and isinstance(cluster, EksCluster):
        for subnet in slot.node_subnets:
            groups = [group for pool in cluster.node_pools for group in pool.groups if group.zone == subnet.zone]
            yield subnet.cidr, ipv4(subnet.cidr).num_addresses - 5, sum(group.max + 1 for group in groups)
    elif isinstance(slot, GcpSlot) and not isinstance(cluster, EksCluster):
        yield slot.nodes_cidr, ipv4(slot.nodes_cidr).num_addresses - 4, sum(pool.max + 1 for pool in cluster.node_pools)


RULE = Rule(
    id="F-NET-005",
    severity="error",
    title="Node subnets too small for the nodes that may come",
    rationale="AWS keeps five addresses of every subnet, GCP four of a primary range; a node that finds none is not made.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html, https://cloud.google.com/vpc/docs/subnets",
    check=_check,
)
