"""F-NET-002: a pod range of a GKE cluster that is too small for its nodes."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import GcpNetwork, GcpSlot, GkeCluster
from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot


def _check(context: Context) -> Iterator[Violation]:
    slots = {slot.cluster: (network, slot) for network in context.gcp_networks for slot in network.slots}
    for cluster in context.gke_clusters:
        if cluster.name in slots:
            yield from _slot(cluster, *slots[cluster.name])


def _slot(cluster: GkeCluster, network: GcpNetwork, slot: GcpSlot) -> Iterator[Violation]:
    needed = sum((pool.max + 1) * _addresses_per_node(pool.max_pods) for pool in cluster.node_pools)
    available = ipv4(slot.pods_cidr).num_addresses
    if needed > available:
        nodes = sum(pool.max for pool in cluster.node_pools)
        yield on_slot(
            network,
            slot,
            ("network", "podsPrefix"),
            f"the pod range {slot.pods_cidr} has {available} addresses, and {nodes} nodes (one more per pool during an upgrade) take "
            f"{needed}: each node takes a range of at least twice its maxPods. Give a smaller podsPrefix (a larger range) before the "
            "cluster exists, or lower max or maxPods.",
            "podsCidr",
        )


def _addresses_per_node(max_pods: int) -> int:
    """Size of a node's pod range: twice the pods, up to a power of two (8 -> 16, 110 -> 256)."""
    return 1 << (2 * max_pods - 1).bit_length()


RULE = Rule(
    id="F-NET-002",
    severity="error",
    title="Pod range too small for the nodes that may come",
    rationale="Every GKE node takes a whole power of two of the pod range; when none is left, nodes are refused (IP_SPACE_EXHAUSTED).",
    source="https://cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr",
    check=_check,
)
