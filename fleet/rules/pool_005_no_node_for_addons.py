"""F-POOL-005: add-ons that wait for a node that never comes."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.pools import min_of, takes_addons
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        waiting = [addon.name for addon in cluster.addons if addon.after_nodes]
        if waiting and not any(takes_addons(pool) and min_of(pool) > 0 for pool in cluster.node_pools):
            yield on_cluster(
                cluster,
                ("nodePools",),
                f"no pool keeps a node that {', '.join(waiting)} may run on, so they stay DEGRADED until their creation times out. Give a "
                "pool min 1 or more with no taint but CriticalAddonsOnly.",
            )


RULE = Rule(
    id="F-POOL-005",
    severity="error",
    title="No node for the add-ons to run on",
    rationale="EKS waits for an add-on to become healthy; the Deployments among them need a node that their tolerations allow.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html",
    check=_check,
)
