"""F-VER-003: support type STANDARD on a minor that is in extended support."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster
from fleet.rules.support import minor_facts


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        minor = minor_facts(cluster)
        if minor is not None and cluster.support_type == "STANDARD" and minor.support(context.today) == "extended":
            yield on_cluster(
                cluster,
                ("supportType",),
                f"EKS refuses supportType standard with Kubernetes {minor.minor}, whose standard support ended on {minor.standard_until}. "
                "Choose a later minor, or supportType extended (0.60 instead of 0.10 USD an hour) until the upgrade.",
            )


RULE = Rule(
    id="F-VER-003",
    severity="error",
    title="Support type standard on a minor in extended support",
    rationale="EKS refuses the combination at creation and upgrades a cluster that runs into it at the end of standard support.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/disable-extended-support.html",
    check=_check,
)
