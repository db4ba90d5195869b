"""F-VER-001: a Kubernetes minor that nobody supports any more."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster
from fleet.rules.support import minor_facts, provider_name


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        minor = minor_facts(cluster)
        if minor is not None and minor.support(context.today) == "ended":
            last = minor.extended_until or minor.standard_until
            yield on_cluster(
                cluster,
                ("kubernetes",),
                f"Kubernetes {minor.minor} has had no support from {provider_name(cluster)} since {last}: it gets no security fixes, new "
                "clusters are refused and existing ones are upgraded without asking. Choose a later minor, one step at a time.",
            )


RULE = Rule(
    id="F-VER-001",
    severity="error",
    title="The Kubernetes minor is past its last day of support",
    rationale=(
        "New clusters on such a minor are refused; control planes that still run it are upgraded by the cloud at a time of its choosing."
    ),
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, "
        "https://cloud.google.com/kubernetes-engine/docs/release-schedule"
    ),
    check=_check,
)
