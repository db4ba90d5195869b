"""F-POOL-002: a node pool whose sizes contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksNodePool
from fleet.rules.context import Context
from fleet.rules.pools import NodePool, max_of, min_of, size_path
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        for pool in cluster.node_pools:
            at = ("nodePools", pool.name)
            least, most = min_of(pool), max_of(pool)
            if least > most:
                message = f"min {least} is more than max {most} of pool {pool.name}. Lower min or raise max."
                yield on_cluster(cluster, (*at, "min"), message, size_path(pool, "min"))
            elif not _every_group_can_hold_a_node(pool):
                yield on_cluster(
                    cluster,
                    (*at, "max"),
                    f"max {most} leaves a zone of pool {pool.name} with no node at all, which the clouds refuse. Raise max to the number "
                    "of zones at least (min 0 parks a pool), name fewer zones, or remove the pool.",
                    size_path(pool, "max"),
                )


def _every_group_can_hold_a_node(pool: NodePool) -> bool:
    return all(group.max >= 1 for group in pool.groups) if isinstance(pool, EksNodePool) else pool.max >= 1


RULE = Rule(
    id="F-POOL-002",
    severity="error",
    title="Node pool sizes contradict each other",
    rationale="EKS needs minSize <= desiredSize <= maxSize and maxSize of at least 1 in every node group; GKE the same of its totals.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupScalingConfig.html, "
        "https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler"
    ),
    check=_check,
)
