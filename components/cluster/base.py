"""One interface for clusters of all kinds: the blueprint's tag names the module that builds it, so another kind is one more file."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import pulumi

from components.names import Origin
from components.network.base import NetworkComponent
from components.providers import Providers
from fleet.blueprint.model import AnyCluster


@dataclass(frozen=True)
class Connection:
    """What a client needs to reach a cluster. kubeconfig: JSON text without secrets; certificate_authority: base64 PEM."""

    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    oidc_issuer: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]


class ClusterComponent(pulumi.ComponentResource):
    """A cluster of any kind. Its module is `components.cluster.<tag>` and has `build(cluster, origin, providers, network)`."""

    connection: Connection


def build(cluster: AnyCluster, origin: Origin, providers: Providers, network: NetworkComponent) -> ClusterComponent:
    """Build a cluster in its network."""
    tag = cluster.__struct_config__.tag
    module = importlib.import_module(f"components.cluster.{tag}")
    made = module.build(cluster, origin, providers, network)
    assert isinstance(made, ClusterComponent)
    return made


def outputs(cluster: AnyCluster, component: ClusterComponent) -> dict[str, pulumi.Input[str]]:
    """What the stack exports of a cluster."""
    connection = component.connection
    return {
        "kind": str(cluster.__struct_config__.tag),
        "physicalName": cluster.physical_name,
        "region": cluster.region,
        "endpoint": connection.endpoint,
        "certificateAuthority": connection.certificate_authority,
        "oidcIssuer": connection.oidc_issuer,
        "kubeconfig": connection.kubeconfig,
    }
