"""F-END-004: public ranges that the cloud does not take for an endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import BuiltCluster, EksCluster
from fleet.rules.addresses import PRIVATE, REFUSED, written
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_MOST_EKS, _MOST_GKE = 40, 50


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        eks = isinstance(cluster, EksCluster)
        most, count = _MOST_EKS if eks else _MOST_GKE, len(cluster.endpoint.public_cidrs)
        if count > most:
            yield on_cluster(
                cluster,
                ("controlPlane", "publicCidrs"),
                f"{count} public ranges; {'EKS' if eks else 'GKE'} takes {most}. Merge neighbouring ranges.",
                ("endpoint", "publicCidrs"),
            )
        yield from _ranges(cluster)


def _ranges(cluster: BuiltCluster) -> Iterator[Violation]:
    for index, cidr in enumerate(cluster.endpoint.public_cidrs):
        message = _problem(cidr, isinstance(cluster, EksCluster))
        if message:
            yield on_cluster(cluster, ("controlPlane", "publicCidrs", index), message, ("endpoint", "publicCidrs", index))


def _problem(cidr: str, eks: bool) -> str:
    allowed = written(cidr)
    if allowed is None:
        return f"{cidr} is no IPv4 range: four numbers up to 255, `/` and a prefix length up to 32, with no bits set behind the prefix."
    if eks and any(allowed.subnet_of(parent) for parent in (*PRIVATE, *REFUSED)):
        return f"{cidr} is not a public range: EKS refuses it, and traffic from inside uses the private endpoint anyway. Remove it."
    return ""


RULE = Rule(
    id="F-END-004",
    severity="error",
    title="Public ranges that the cloud does not take",
    rationale="EKS takes 40 ranges and none that is reserved; GKE takes 50 authorised networks; both take canonical ranges only.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"
    ),
    check=_check,
)
