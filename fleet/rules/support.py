"""How long the provider of a cluster supports its Kubernetes minor, as the catalogue has it."""

from __future__ import annotations

from functools import cache

from fleet.blueprint.model import BuiltCluster, EksCluster
from fleet.catalog import Minor, known_minors


def minor_of(version: str) -> str:
    """`1.35` of `1.35` and of `1.35.7-gke.1222000`."""
    return ".".join(version.split(".")[:2])


def minor_facts(cluster: BuiltCluster) -> Minor | None:
    """What is known of the cluster's minor at its provider (of its channel on GKE), None where nothing is."""
    return _by_name(provider_of(cluster)).get(minor_of(cluster.kubernetes))


def provider_name(cluster: BuiltCluster) -> str:
    """The provider as a reader calls it."""
    return "EKS" if isinstance(cluster, EksCluster) else f"the {cluster.channel} channel of GKE"


@cache
def offered(provider: str) -> tuple[str, ...]:
    """Minors that a provider (`eks`, `gke-stable`) offers, oldest first."""
    return tuple(minor.minor for minor in known_minors(provider) if minor.offered)


def provider_of(cluster: BuiltCluster) -> str:
    """The catalogue's name of the provider: `eks`, `gke-regular`."""
    return "eks" if isinstance(cluster, EksCluster) else f"gke-{cluster.channel.lower()}"


@cache
def _by_name(provider: str) -> dict[str, Minor]:
    return {minor.minor: minor for minor in known_minors(provider)}
