"""F-VER-004: a Kubernetes minor that the provider does not offer."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster
from fleet.rules.support import minor_facts, minor_of, offered, provider_name, provider_of


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        minor = minor_facts(cluster)
        if minor is None or (not minor.offered and minor.support(context.today) != "ended"):
            choices = ", ".join(offered(provider_of(cluster)))
            yield on_cluster(
                cluster,
                ("kubernetes",),
                f"{provider_name(cluster)} does not offer Kubernetes {minor_of(cluster.kubernetes)}; it offers {choices}. Choose one of "
                "these; if it was released since, add it to the catalogue (versions.tsv).",
            )


RULE = Rule(
    id="F-VER-004",
    severity="error",
    title="The provider does not offer the Kubernetes minor",
    rationale="EKS answers `unsupported Kubernetes version`, GKE that the master version must be one of the channel's.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, "
        "https://cloud.google.com/kubernetes-engine/docs/release-notes"
    ),
    check=_check,
)
