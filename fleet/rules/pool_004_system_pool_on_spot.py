"""F-POOL-004: a system pool on capacity that the cloud may take back."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.pools import is_system
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        for pool in cluster.node_pools:
            if is_system(pool) and pool.capacity == "spot":
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name, "capacity"),
                    f"pool {pool.name} holds what the cluster cannot do without, and spot nodes may all be taken back within two minutes "
                    "(30 seconds on GCP). Set capacity to on-demand and use spot for other pools.",
                )


RULE = Rule(
    id="F-POOL-004",
    severity="warning",
    title="The system pool runs on spot capacity",
    rationale="A wave of interruptions would take DNS, the autoscaler and the admission webhooks at once, just when new nodes are needed.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html, "
        "https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms"
    ),
    check=_check,
)
