"""F-ADD-003: add-ons with cloud rights, and no agent that hands these out."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_AGENT = "eks-pod-identity-agent"


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        entitled = [addon.name for addon in cluster.addons if addon.service_account and addon.policy_arns]
        if entitled and _AGENT not in {addon.name for addon in cluster.addons}:
            yield on_cluster(
                cluster,
                ("addons", _AGENT),
                f"{', '.join(entitled)} {'gets' if len(entitled) == 1 else 'get'} AWS rights through {_AGENT}, which is off: calls to AWS "
                "would be refused. Turn it on.",
                ("addons",),
            )


RULE = Rule(
    id="F-ADD-003",
    severity="error",
    title="Add-ons with AWS rights but no pod identity agent",
    rationale="EKS Pod Identity credentials reach a pod only through the agent on its node.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
    check=_check,
)
