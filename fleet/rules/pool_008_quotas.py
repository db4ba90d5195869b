"""F-POOL-008: node pools beyond what the clouds grant by default."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.pools import size_path
from fleet.rules.rule import Rule, Violation, on_cluster

_EKS_GROUPS_PER_CLUSTER = 30
_EKS_NODES_PER_GROUP = 450
_EKS_TYPES_PER_GROUP = 20
_GKE_NODES_PER_POOL_AND_ZONE = 1000


def _check(context: Context) -> Iterator[Violation]:
    yield from _eks(context)
    yield from _gke(context)


def _eks(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        groups = sum(len(pool.groups) for pool in cluster.node_pools)
        if groups > _EKS_GROUPS_PER_CLUSTER:
            yield on_cluster(
                cluster,
                ("nodePools",),
                f"{len(cluster.node_pools)} pools make {groups} node groups (one a zone); EKS grants {_EKS_GROUPS_PER_CLUSTER} per "
                "cluster. Merge pools, or have the quota raised.",
            )
        for pool in cluster.node_pools:
            most = max((group.max for group in pool.groups), default=0)
            if most > _EKS_NODES_PER_GROUP:
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name, "max"),
                    f"up to {most} nodes in one zone of pool {pool.name}; EKS grants {_EKS_NODES_PER_GROUP} per node group. Split the "
                    "pool, or have the quota raised.",
                    size_path(pool, "max"),
                )
            if len(pool.instance_types) > _EKS_TYPES_PER_GROUP:
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name, "types", "aws"),
                    f"{len(pool.instance_types)} machine types in pool {pool.name}; EKS takes {_EKS_TYPES_PER_GROUP} per node group.",
                    ("nodePools", pool.name, "instanceTypes"),
                )


def _gke(context: Context) -> Iterator[Violation]:
    for cluster in context.gke_clusters:
        for pool in cluster.node_pools:
            if pool.max > _GKE_NODES_PER_POOL_AND_ZONE * len(pool.zones):
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name, "max"),
                    f"up to {pool.max} nodes in {len(pool.zones)} zones of pool {pool.name}; GKE takes {_GKE_NODES_PER_POOL_AND_ZONE} per "
                    "pool and zone. Split the pool.",
                )


RULE = Rule(
    id="F-POOL-008",
    severity="warning",
    title="Node pools beyond the clouds' default quotas",
    rationale=(
        "30 node groups per EKS cluster, 450 nodes and 20 types per group, 1,000 nodes per GKE pool and zone: most can be raised, but "
        "only in advance."
    ),
    source="https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html, https://cloud.google.com/kubernetes-engine/quotas",
    check=_check,
)
