"""F-ZONE-001: a zone in which EKS places no control plane."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import regions
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        region = regions()[cluster.region]
        for zone in cluster.zones:
            if zone in region.zones and zone not in region.cluster_zones:
                yield on_cluster(
                    cluster,
                    ("zones",),
                    f"EKS refuses control-plane subnets in {zone} (UnsupportedAvailabilityZoneException). Take three of "
                    f"{', '.join(region.cluster_zones)}.",
                )


RULE = Rule(
    id="F-ZONE-001",
    severity="error",
    title="EKS places no control plane in the zone",
    rationale="EKS refuses use1-az3, usw1-az2 and cac1-az3 for control-plane subnets.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
    check=_check,
)
