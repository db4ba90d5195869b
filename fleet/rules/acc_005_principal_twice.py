"""F-ACC-005: one principal with two access entries in one EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec
from fleet.rules.teams import principal_path


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        holders = {cluster.deployer.principal: "the deployer"}
        for access in cluster.access:
            holder = holders.setdefault(access.principal, f"team {access.team}")
            if holder != f"team {access.team}":
                yield on_spec(
                    principal_path(context, cluster, access),
                    f"{access.principal} is {holder} already in {cluster.name}: EKS takes one access entry per principal, so the second "
                    "is refused and one of the two would lose its rights. Give each a role of its own.",
                    ("clusters", cluster.name, "access", access.team, "principal"),
                )


RULE = Rule(
    id="F-ACC-005",
    severity="error",
    title="One principal with two access entries",
    rationale="An access entry is found by its principal: a second one answers ResourceInUseException.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
    check=_check,
)
