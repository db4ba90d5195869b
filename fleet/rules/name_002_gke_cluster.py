"""F-NAME-002: a GKE cluster or node pool name that GKE does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import GKE_NAME
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.gke_clusters:
        if not GKE_NAME.fullmatch(cluster.physical_name):
            yield on_cluster(cluster, (), _message("cluster", cluster.physical_name, "cluster or environment"), ("physicalName",))
        for pool in cluster.node_pools:
            if not GKE_NAME.fullmatch(pool.physical_name):
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name),
                    _message("node pool", pool.physical_name, "pool"),
                    ("nodePools", pool.name, "physicalName"),
                )


def _message(what: str, name: str, where: str) -> str:
    return (
        f"GKE refuses the {what} name {name!r} ({len(name)} characters): at most 40 lower-case letters, digits and `-`, a letter first "
        f"and no `-` at the end. Shorten the name of the {where}."
    )


RULE = Rule(
    id="F-NAME-002",
    severity="error",
    title="A name that GKE does not take",
    rationale="Names of clusters and node pools have 40 characters at most, fewer than almost everything else.",
    source="https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters",
    check=_check,
)
