"""F-POOL-006: node labels (and on GKE taints) under a prefix that the cloud keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.pools import NodePool
from fleet.rules.rule import Rule, Violation, on_cluster

_GKE_PREFIXES = ("kubernetes.io/", "k8s.io/")
_EKS_PREFIXES = (*_GKE_PREFIXES, "eks.amazonaws.com/")


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        eks = isinstance(cluster, EksCluster)
        prefixes = _EKS_PREFIXES if eks else _GKE_PREFIXES
        for pool in cluster.node_pools:
            for what, key in _keys(pool, taints=not eks):
                if key.startswith(prefixes):
                    yield on_cluster(
                        cluster,
                        ("nodePools", pool.name, what, key),
                        f"{key}: keys under {', '.join(prefixes)} are the cloud's own and refused. Use a prefix of your domain.",
                    )


def _keys(pool: NodePool, *, taints: bool) -> Iterator[tuple[str, str]]:
    yield from (("labels", key) for key in pool.labels)
    if taints:
        yield from (("taints", taint.key) for taint in pool.taints)


RULE = Rule(
    id="F-POOL-006",
    severity="error",
    title="A node label or taint under a reserved prefix",
    rationale="EKS answers `Label cannot start with reserved prefixes`; GKE keeps kubernetes.io and k8s.io for itself, in taints too.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/update-existing-nodepools"
    ),
    check=_check,
)
