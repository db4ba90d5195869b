"""F-VER-002: a Kubernetes minor whose standard support is over or ends soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster
from fleet.rules.support import minor_facts, provider_name

_NOTICE = timedelta(days=60)


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        minor = minor_facts(cluster)
        if minor is None or minor.standard_until is None:
            continue
        support = minor.support(context.today)
        fee = " The control plane costs 0.60 instead of 0.10 USD an hour." if isinstance(cluster, EksCluster) else ""
        if support == "extended" and not (isinstance(cluster, EksCluster) and cluster.support_type == "STANDARD"):
            yield on_cluster(
                cluster,
                ("kubernetes",),
                f"Kubernetes {minor.minor} is in paid extended support at {provider_name(cluster)} until {minor.extended_until}.{fee} "
                "Plan the upgrade to the next minor.",
            )
        elif support == "standard" and minor.standard_until - context.today < _NOTICE:
            days = (minor.standard_until - context.today).days
            yield on_cluster(
                cluster,
                ("kubernetes",),
                f"standard support of Kubernetes {minor.minor} at {provider_name(cluster)} ends on {minor.standard_until}, in {days} "
                "days. Plan the upgrade to the next minor.",
            )


RULE = Rule(
    id="F-VER-002",
    severity="warning",
    title="Standard support of the Kubernetes minor is over or ends within 60 days",
    rationale="An upgrade goes one minor at a time, with nodes and add-ons after each; 60 days leave room for waves and their soak times.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, "
        "https://cloud.google.com/kubernetes-engine/docs/release-schedule"
    ),
    check=_check,
)
