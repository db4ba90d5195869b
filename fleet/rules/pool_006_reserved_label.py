"""F-POOL-006: node labels under a prefix that the cloud keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_GKE_PREFIXES = ("kubernetes.io/", "k8s.io/")
_EKS_PREFIXES = (*_GKE_PREFIXES, "eks.amazonaws.com/")


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        prefixes = _EKS_PREFIXES if isinstance(cluster, EksCluster) else _GKE_PREFIXES
        for pool in cluster.node_pools:
            for key in pool.labels:
                if key.startswith(prefixes):
                    yield on_cluster(
                        cluster,
                        ("nodePools", pool.name, "labels", key),
                        f"label {key}: keys under {', '.join(prefixes)} are the cloud's own and refused. Use a prefix of your domain.",
                    )


RULE = Rule(
    id="F-POOL-006",
    severity="error",
    title="A node label under a reserved prefix",
    rationale="EKS answers `Label cannot start with reserved prefixes`; GKE keeps kubernetes.io and k8s.io too.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/update-existing-nodepools"
    ),
    check=_check,
)
