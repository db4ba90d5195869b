"""F-VER-005: nodes newer than their control plane, or too far behind it."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.catalog import minor_number
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_MOST_BEHIND = {True: 3, False: 2}


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        eks = isinstance(cluster, EksCluster)
        most = _MOST_BEHIND[eks]
        for pool in cluster.node_pools:
            behind = minor_number(cluster.kubernetes) - minor_number(pool.kubernetes)
            if 0 <= behind <= most:
                continue
            what = "newer than" if behind < 0 else f"{behind} minors behind"
            yield on_cluster(
                cluster,
                ("nodePools", pool.name, "kubernetes"),
                f"nodes of {pool.kubernetes} are {what} the control plane's {cluster.kubernetes}; {'EKS' if eks else 'GKE'} allows none "
                f"newer and at most {most} minors behind. Upgrade the control plane first, then the pool.",
            )


RULE = Rule(
    id="F-VER-005",
    severity="error",
    title="Nodes newer than the control plane or too far behind it",
    rationale="A kubelet is never newer than its API server and at most three minors older; GKE documents two.",
    source="https://kubernetes.io/releases/version-skew-policy/, https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-upgrades",
    check=_check,
)
