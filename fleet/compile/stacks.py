"""Gather compiled clusters into stacks: their networks, and what exists once per account."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.blueprint.model import AnyCluster, BuiltCluster, Deployer, GcpProject, GkeCluster, Network, RegisteredCluster, Stack
from fleet.compile.networks import compile_network
from fleet.lock.ledger import Ledger
from fleet.spec.load import Document

_GCP_SERVICES = (
    "cloudkms",
    "cloudresourcemanager",
    "compute",
    "container",
    "gkehub",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "serviceusage",
)


def stacks(document: Document, ledger: Ledger, clusters: Iterable[AnyCluster]) -> tuple[Stack, ...]:
    by_stack: dict[str, list[AnyCluster]] = {}
    for cluster in clusters:
        by_stack.setdefault(ledger.cluster(cluster.name).stack, []).append(cluster)
    return tuple(_stack(document, ledger, name, members) for name, members in sorted(by_stack.items()))


def _stack(document: Document, ledger: Ledger, name: str, clusters: list[AnyCluster]) -> Stack:
    by_network: dict[str, list[BuiltCluster]] = {}
    for cluster in (cluster for cluster in clusters if not isinstance(cluster, RegisteredCluster)):
        by_network.setdefault(cluster.network, []).append(cluster)
    networks: list[Network] = [
        compile_network(document, key, members, members[0].deployer, ledger) for key, members in sorted(by_network.items())
    ]
    first = clusters[0]
    return Stack(
        name=name,
        fleet=document.spec.name,
        environment=first.environment,
        protect=document.spec.environments[first.environment].protect,
        accounts=_projects(clusters, document.spec.environments[first.environment].protect),
        networks=tuple(networks),
        clusters=tuple(clusters),
    )


def _projects(clusters: Iterable[AnyCluster], protect: bool) -> tuple[GcpProject, ...]:
    """The GCP projects of a stack, each with the groups that may find its clusters."""
    groups: dict[str, set[str]] = {}
    deployers: dict[str, Deployer] = {}
    for cluster in clusters:
        if isinstance(cluster, GkeCluster):
            deployers[cluster.deployer.account] = cluster.deployer
            groups.setdefault(cluster.deployer.account, set()).update(access.principal for access in cluster.access)
    return tuple(
        GcpProject(
            name=project,
            deployer=deployer,
            services=tuple(f"{service}.googleapis.com" for service in _GCP_SERVICES),
            viewer_groups=tuple(sorted(groups[project])),
            protect=protect,
        )
        for project, deployer in sorted(deployers.items())
    )
