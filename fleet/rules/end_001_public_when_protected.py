"""F-END-001: a public API endpoint in a protected environment."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        if cluster.protect and cluster.endpoint.public_cidrs:
            yield on_cluster(
                cluster,
                ("controlPlane", "endpoint"),
                f"{cluster.environment} is protected, and `protect` means no public endpoint: this one answers "
                f"{', '.join(cluster.endpoint.public_cidrs)}. Set endpoint to private and say in deployer.reach how it is reached.",
                ("endpoint", "publicCidrs"),
            )


RULE = Rule(
    id="F-END-001",
    severity="error",
    title="A public endpoint in a protected environment",
    rationale="Protection is a rule of the environment, not a default that a cluster may override.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster"
    ),
    check=_check,
)
