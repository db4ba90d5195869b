"""F-NAME-001: an EKS cluster or node group name that EKS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import EKS_NAME, EKS_NODE_GROUP_NAME
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        name = cluster.physical_name
        if not EKS_NAME.fullmatch(name):
            yield on_cluster(
                cluster,
                (),
                f"EKS refuses the cluster name {name!r} ({len(name)} characters): 1 to 100 letters, digits, `-` and `_`, a letter or "
                "digit first. Shorten the names of fleet, cluster or environment, or the kept name in fleet.lock.yaml.",
                ("physicalName",),
            )
        for pool in cluster.node_pools:
            for group in pool.groups:
                if not EKS_NODE_GROUP_NAME.fullmatch(group.physical_name):
                    yield on_cluster(
                        cluster,
                        ("nodePools", pool.name),
                        f"EKS refuses the node group name {group.physical_name!r} ({len(group.physical_name)} characters): 1 to 63 "
                        "letters, digits, `-` and `_`, a letter or digit first. Shorten the name of the pool.",
                        ("nodePools", pool.name, "groups", group.zone, "physicalName"),
                    )


RULE = Rule(
    id="F-NAME-001",
    severity="error",
    title="A name that EKS does not take",
    rationale="Cluster names have 100 characters at most, node group names 63.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, "
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
    ),
    check=_check,
)
