"""Subjects from a blueprint: what each cluster, network, node pool and key will be, told before Pulumi runs.

Names are those of the resources that the components make of them, so that both gates speak of the same things.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fleet.blueprint.model import AwsNetwork, BuiltCluster, EksCluster, GkeCluster, Network, RegisteredCluster, Stack
from fleet.policies.subject import Identity, Subject, subject

_KEYS: dict[str, dict[str, Any]] = {
    "aws": {"rotation.enabled": True, "rotation.days": 365},
    "gcp": {"rotation.enabled": True, "rotation.days": 90},
}
"""What the components make whatever a blueprint says (components/keys.py, components/cluster/gke/keys.py; a test compares): every key is
the cluster's or network's own, every cluster's Secrets are encrypted with it, and no blueprint can say otherwise."""


def subjects(stack: Stack) -> tuple[Subject, ...]:
    """Everything in a stack that a policy can be about, in the blueprint's order."""
    return (*_of_networks(stack), *_of_clusters(stack))


def network_identity(stack: Stack, network: Network) -> Identity:
    """What is known of a network and all that belongs to it alone."""
    cloud = "aws" if isinstance(network, AwsNetwork) else "gcp"
    serves = tuple(slot.cluster for slot in network.slots)
    return Identity(stack.environment, stack.protect, cloud, network.region, network.jurisdiction, "", serves)


def cluster_identity(stack: Stack, cluster: BuiltCluster | RegisteredCluster) -> Identity:
    """What is known of a cluster and all that belongs to it."""
    cloud = {EksCluster: "aws", GkeCluster: "gcp"}.get(type(cluster), "")
    retiring = stack.protect and not cluster.protect
    return Identity(stack.environment, stack.protect, cloud, cluster.region, cluster.jurisdiction, cluster.name, (cluster.name,), retiring)


def stack_identity(stack: Stack) -> Identity:
    """What is known of something in a stack that belongs to no cluster or network of it."""
    return Identity(stack.environment, stack.protect, "", "", "", "", tuple(cluster.name for cluster in stack.clusters))


def declared_jurisdictions(stack: Stack) -> dict[str, str]:
    """Region -> the jurisdiction that fleet.yaml says it is in, for the regions of a stack."""
    return {place.region: place.jurisdiction for place in (*stack.networks, *stack.clusters)}


def _of_networks(stack: Stack) -> Iterator[Subject]:
    for network in stack.networks:
        identity = network_identity(stack, network)
        yield subject("network", network.name, identity, {})
        if isinstance(network, AwsNetwork):
            yield subject("key", f"{network.name}-key", identity, _KEYS["aws"])


def _of_clusters(stack: Stack) -> Iterator[Subject]:
    for cluster in stack.clusters:
        identity = cluster_identity(stack, cluster)
        if isinstance(cluster, RegisteredCluster):
            yield subject("registeredCluster", cluster.identity, identity, {})
            continue
        yield subject("cluster", cluster.identity, identity, _cluster_facts(cluster))
        yield _key(cluster, identity)
        yield from _node_pools(cluster, identity)


def _cluster_facts(cluster: BuiltCluster) -> dict[str, Any]:
    return {
        "zones": list(cluster.zones),
        "endpoint.public": bool(cluster.endpoint.public_cidrs),
        "endpoint.publicRanges": list(cluster.endpoint.public_cidrs),
        "encryption.secretsKey": True,
        "deletionProtection": cluster.protect,
        "kubernetes": cluster.kubernetes,
        "tags": cluster.tags if isinstance(cluster, EksCluster) else cluster.labels,
    }


def _key(cluster: BuiltCluster, identity: Identity) -> Subject:
    name = f"{cluster.identity}-key" if isinstance(cluster, EksCluster) else cluster.identity
    return subject("key", name, identity, _KEYS[identity.cloud])


def _node_pools(cluster: BuiltCluster, identity: Identity) -> Iterator[Subject]:
    """One a resource: EKS has a node group in each zone."""
    if isinstance(cluster, EksCluster):
        for pool in cluster.node_pools:
            facts = {"capacity": pool.capacity, "instanceTypes": list(pool.instance_types)}
            for group in pool.groups:
                yield subject("nodePool", f"{cluster.identity}-pool-{pool.name}-{group.zone}", identity, {**facts, "zones": [group.zone]})
    else:
        for own in cluster.node_pools:
            of_pool = {"capacity": own.capacity, "instanceTypes": [own.machine_type], "zones": list(own.zones)}
            yield subject("nodePool", f"{cluster.identity}-pool-{own.name}", identity, of_pool)
