"""A GKE cluster: keys and node identity, log storage, control plane and node pools, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pulumi
import pulumi_gcp as gcp

from components.cluster import kubeconfig
from components.cluster.base import ClusterComponent, Connection, Ground, Networks, identifier
from components.cluster.gke import control_plane, identity, keys, logs, nodes, workloads
from components.names import Origin, Owner
from components.providers import Providers
from fleet.blueprint.model import GkeCluster

if TYPE_CHECKING:
    from components.network.gcp import Gcp


class Gke(ClusterComponent):
    def __init__(self, cluster: GkeCluster, origin: Origin, network: Gcp, provider: pulumi.ProviderResource, protect: bool) -> None:
        options = pulumi.ResourceOptions(providers=[provider], protect=protect, depends_on=[network])
        super().__init__("fleet:cluster:Gke", cluster.identity, None, options)
        owner = Owner(self, cluster.identity, origin, cluster.labels)

        encryption = keys.build(owner, cluster, provider, after=[network])
        node = identity.build(owner, cluster)
        logs.build(owner, cluster, encryption.ring)
        plane = control_plane.build(owner, cluster, network, encryption, node)
        pools = nodes.build(owner, cluster, plane, encryption, node)

        self.connection = _connection(cluster, plane)
        self.ground = Ground(
            identifier=identifier(cluster),
            cluster=plane,
            before=pools,
            identity_endpoints=workloads.ENDPOINTS,
            identities=workloads.build(owner, cluster, plane),
        )
        self.register_outputs({"endpoint": self.connection.endpoint})


def build(cluster: GkeCluster, origin: Origin, providers: Providers, networks: Networks) -> Gke:
    network = cast("Gcp", networks[cluster.network])
    return Gke(cluster, origin, network, providers.gcp(cluster.deployer, cluster.region), cluster.protect)


def _connection(cluster: GkeCluster, plane: gcp.container.Cluster) -> Connection:
    endpoint = pulumi.Output.concat("https://", plane.endpoint)
    authority = plane.master_auth.cluster_ca_certificate
    issuer = f"https://container.googleapis.com/v1/projects/{cluster.deployer.account}/locations/{cluster.region}/clusters"
    return Connection(
        endpoint=endpoint,
        certificate_authority=authority,
        oidc_issuer=pulumi.Output.concat(issuer, "/", plane.name),
        kubeconfig=kubeconfig.gke(cluster, endpoint, authority),
    )
