"""F-ZONE-002: an EKS cluster in a single zone."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        if len(set(cluster.zones)) < 2:
            yield on_cluster(
                cluster,
                ("zones",),
                "EKS refuses a cluster whose subnets lie in fewer than two zones. Name three zones, or leave `zones` out and the "
                "catalogue does.",
            )


RULE = Rule(
    id="F-ZONE-002",
    severity="error",
    title="An EKS cluster in fewer than two zones",
    rationale="EKS answers `Subnets specified must be in at least two different AZs`.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    check=_check,
)
