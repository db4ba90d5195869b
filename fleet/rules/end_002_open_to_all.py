"""F-END-002: an API endpoint that answers everyone."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.addresses import written
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_WIDEST_PREFIX = 8


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        for index, cidr in enumerate(cluster.endpoint.public_cidrs):
            allowed = written(cidr)
            if allowed is not None and allowed.prefixlen < _WIDEST_PREFIX:
                yield on_cluster(
                    cluster,
                    ("controlPlane", "publicCidrs", index),
                    f"{cidr} opens the Kubernetes API to {allowed.num_addresses:,} addresses. Name the ranges of your offices, runners or "
                    "VPN instead.",
                    ("endpoint", "publicCidrs", index),
                )


RULE = Rule(
    id="F-END-002",
    severity="error",
    title="An endpoint open to everyone",
    rationale="A leaked token is then enough from anywhere; 0.0.0.0/0 is also what the clouds take when no range is given.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"
    ),
    check=_check,
)
