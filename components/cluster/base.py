"""One interface for clusters of all kinds: the blueprint's tag names the module that builds it, so another kind is one more file."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.cluster import kubeconfig
from components.names import Origin
from components.network.base import NetworkComponent
from components.providers import Providers
from fleet.blueprint.model import AnyCluster, Cluster, RegisteredCluster

Networks = Mapping[str, NetworkComponent]
"""The stack's networks, by name."""


@dataclass(frozen=True)
class Connection:
    """What a client needs to reach a cluster.

    kubeconfig: JSON text without secrets, or a secret output; certificate_authority: base64 PEM, None if the system's are used;
    oidc_issuer: None where fleet does not know it.
    """

    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str] | None
    oidc_issuer: pulumi.Input[str] | None
    kubeconfig: pulumi.Output[str]


@dataclass(frozen=True)
class IdentityEndpoint:
    """Where pods get their cloud credentials: an address inside the node, as CIDR, and a TCP port."""

    cidr: str
    port: int


@dataclass(frozen=True)
class WorkloadIdentity:
    """A workload's right in the cloud. needs: what must exist before it starts; values: what its Helm chart must be told."""

    needs: Sequence[pulumi.Resource]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What a platform stands on.

    identifier: tells this cluster from any other, and is known before it is made; cluster: the cloud's resource that objects inside go
    with, None if there is none.
    before: nodes, managed add-ons and the deployer's access; they come before the first object and go after the last.
    identities: by the name of the chart.
    """

    identifier: str
    cluster: pulumi.CustomResource | None
    before: Sequence[pulumi.Resource]
    identity_endpoints: Sequence[IdentityEndpoint]
    identities: Mapping[str, WorkloadIdentity]


class ClusterComponent(pulumi.ComponentResource):
    """A cluster of any kind. Its module is `components.cluster.<tag>` and has `build(cluster, origin, providers, networks)`."""

    connection: Connection
    ground: Ground


def identifier(cluster: Cluster) -> str:
    """What tells a cluster of a cloud from any other."""
    return f"{cluster.__struct_config__.tag}/{cluster.deployer.account}/{cluster.region}/{cluster.physical_name}"


def build(cluster: AnyCluster, origin: Origin, providers: Providers, networks: Networks) -> ClusterComponent:
    """Build a cluster in its network."""
    tag = cluster.__struct_config__.tag
    module = importlib.import_module(f"components.cluster.{tag}")
    made = module.build(cluster, origin, providers, networks)
    assert isinstance(made, ClusterComponent)
    return made


def outputs(cluster: AnyCluster, component: ClusterComponent) -> dict[str, pulumi.Input[str]]:
    """What the stack exports of a cluster; what is not known is left out, and the kubeconfig of a registered cluster: it holds secrets."""
    connection, registered = component.connection, isinstance(cluster, RegisteredCluster)
    known: dict[str, pulumi.Input[str] | None] = {
        "kind": str(cluster.__struct_config__.tag),
        "physicalName": cluster.identity if isinstance(cluster, RegisteredCluster) else cluster.physical_name,
        "region": cluster.region,
        "endpoint": connection.endpoint,
        "certificateAuthority": connection.certificate_authority,
        "oidcIssuer": connection.oidc_issuer,
        "kubeconfig": None if registered else kubeconfig.called(cluster, connection.kubeconfig),
    }
    return {name: value for name, value in known.items() if value is not None}
