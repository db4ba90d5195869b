"""F-NAME-003: two clusters that would have the same name in the same place of a cloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fleet.blueprint.model import BuiltCluster
from fleet.rules.context import Context
from fleet.rules.pools import cloud_of
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    places: dict[tuple[str, str, str, str], list[BuiltCluster]] = defaultdict(list)
    for cluster in context.clusters:
        places[cloud_of(cluster), cluster.deployer.account, cluster.region, cluster.physical_name].append(cluster)
    for (_, account, region, name), clusters in places.items():
        for cluster in clusters[1:]:
            yield on_cluster(
                cluster,
                (),
                f"{name!r} is taken by {clusters[0].name} in {account}, {region}: names are unique there, so the second one is refused. "
                "Give them different names, or another account.",
                ("physicalName",),
            )


RULE = Rule(
    id="F-NAME-003",
    severity="error",
    title="Two clusters with one name in one place",
    rationale="EKS names are unique per account and region (ResourceInUseException), GKE names per project and location (ALREADY_EXISTS).",
    source=(
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, "
        "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters"
    ),
    check=_check,
)
