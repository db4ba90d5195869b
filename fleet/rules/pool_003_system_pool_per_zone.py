"""F-POOL-003: a system pool that does not reach into every zone."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.pools import is_system, min_of, size_path
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        for pool in cluster.node_pools:
            if is_system(pool) and min_of(pool) < len(cluster.zones):
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name, "min"),
                    f"pool {pool.name} keeps {min_of(pool)} nodes for {len(cluster.zones)} zones: losing the wrong zone takes DNS and the "
                    f"controllers with it. Set min to {len(cluster.zones)}.",
                    size_path(pool, "min"),
                )


RULE = Rule(
    id="F-POOL-003",
    severity="warning",
    title="The system pool has fewer nodes than zones",
    rationale="What every pod depends on must survive the loss of one zone without waiting for new nodes.",
    source="https://docs.aws.amazon.com/eks/latest/best-practices/reliability.html",
    check=_check,
)
