"""F-ZONE-003: a cluster that does not survive the loss of a zone with room to spare."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        count = len(set(cluster.zones))
        refused = isinstance(cluster, EksCluster) and count < 2
        if count < 3 and not refused:
            yield on_cluster(
                cluster,
                ("zones",),
                f"only {count} {'zone' if count == 1 else 'zones'}: losing one takes {'all' if count == 1 else 'half'} of the nodes, and "
                "workloads that need a majority stop. Use three zones, or a region that has three.",
            )


RULE = Rule(
    id="F-ZONE-003",
    severity="warning",
    title="Fewer than three zones",
    rationale="With three zones the loss of one leaves two thirds of the capacity and every majority; with two it may leave no majority.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/best-practices/reliability.html, "
        "https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters"
    ),
    check=_check,
)
