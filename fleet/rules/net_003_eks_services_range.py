"""F-NET-003: a service range that EKS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.addresses import PRIVATE, ipv4, within
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        cidr = cluster.services_cidr
        if not 12 <= ipv4(cidr).prefixlen <= 24:
            why = f"its prefix length {ipv4(cidr).prefixlen} is not between 12 and 24"
        elif not within(cidr, PRIVATE):
            why = "it is not inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        else:
            continue
        yield on_cluster(
            cluster,
            ("network", "servicesPrefix"),
            f"EKS refuses the service range {cidr}: {why}. Change servicesPrefix or addressing.pools.services; the range is fixed for the "
            "cluster's life.",
            ("servicesCidr",),
        )


RULE = Rule(
    id="F-NET-003",
    severity="error",
    title="A service range that EKS does not take",
    rationale="EKS takes a private range of /12 to /24 that does not touch the VPC, and never changes it.",
    source="https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html",
    check=_check,
)
