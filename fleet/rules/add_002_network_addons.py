"""F-ADD-002: an EKS cluster without the add-ons that make its nodes ready."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_NEEDED = {
    "vpc-cni": "nodes never become Ready without a network plugin",
    "kube-proxy": "no Service answers without it",
    "coredns": "no name resolves without it",
}


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        present = {addon.name for addon in cluster.addons}
        for name, why in _NEEDED.items():
            if name not in present:
                yield on_cluster(
                    cluster, ("addons", name), f"add-on {name} is off, but {why}. Remove the `null` that turns it off.", ("addons",)
                )


RULE = Rule(
    id="F-ADD-002",
    severity="error",
    title="An EKS cluster without its network add-ons",
    rationale="Clusters are made without the self-managed add-ons of old, so what is not listed is not there.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html",
    check=_check,
)
