"""F-END-003: private endpoints that nobody said how to reach."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    private: dict[str, str] = {}
    for cluster in context.clusters:
        if not cluster.endpoint.public_cidrs:
            private.setdefault(cluster.environment, cluster.name)
    for environment, cluster_name in private.items():
        declared = context.spec.environments.get(environment)
        reach = declared.deployer.reach if declared else None
        if declared and (reach is None or (reach.runner is None and reach.proxy is None)):
            yield on_spec(
                ("environments", environment, "deployer"),
                f"{cluster_name} answers only inside its network, and nothing says from where the deployer reaches it: what runs in the "
                "cluster cannot be applied. Declare `reach: { runner: in-network }` or `reach: { proxy: ... }`.",
                ("clusters", cluster_name, "deployer", "proxyUrl"),
            )


RULE = Rule(
    id="F-END-003",
    severity="warning",
    title="Private endpoints without a way to reach them",
    rationale="A private endpoint is usable only from a runner in the network, through a proxy, or over a connected network.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access",
    check=_check,
)
