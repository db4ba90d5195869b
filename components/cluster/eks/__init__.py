"""An EKS cluster: control plane, access, node groups and managed add-ons, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pulumi

from components.cluster import kubeconfig
from components.cluster.base import ClusterComponent, Connection, Ground, Networks, identifier
from components.cluster.eks import access, addons, control_plane, identity, nodes
from components.names import Origin, Owner
from components.providers import Providers
from fleet.blueprint.model import EksCluster

if TYPE_CHECKING:
    from components.network.aws import Aws


class Eks(ClusterComponent):
    def __init__(self, cluster: EksCluster, origin: Origin, network: Aws, options: pulumi.ResourceOptions) -> None:
        super().__init__("fleet:cluster:Eks", cluster.identity, None, options)
        owner = Owner(self, cluster.identity, origin, cluster.tags)
        slot = network.slots[cluster.identity]

        plane = control_plane.build(owner, cluster, network, slot)
        deployer = access.deployer(owner, cluster, plane.cluster)
        access.teams(owner, cluster, plane.cluster)
        identities = addons.identities(owner, cluster, plane.cluster)
        before = addons.before_nodes(owner, cluster, plane.cluster, slot, identities, [deployer])
        groups = nodes.build(owner, cluster, plane, slot, [deployer, network, *before])
        late = addons.after_nodes(owner, cluster, plane.cluster, identities, [deployer, *groups])

        self.connection = _connection(cluster, plane)
        self.ground = Ground(
            identifier=identifier(cluster),
            cluster=plane.cluster,
            before=[deployer, *groups, *late],
            identity_endpoints=identity.ENDPOINTS,
            identities=identity.of_charts(owner, cluster.platform.charts, plane.cluster),
        )
        self.register_outputs({"endpoint": self.connection.endpoint})


def build(cluster: EksCluster, origin: Origin, providers: Providers, networks: Networks) -> Eks:
    provider = providers.aws(cluster.deployer, cluster.region)
    network = cast("Aws", networks[cluster.network])
    return Eks(cluster, origin, network, pulumi.ResourceOptions(providers=[provider], protect=cluster.protect))


def _connection(cluster: EksCluster, plane: control_plane.ControlPlane) -> Connection:
    authority = plane.cluster.certificate_authority.data
    return Connection(
        endpoint=plane.cluster.endpoint,
        certificate_authority=authority,
        oidc_issuer=plane.cluster.identities[0].oidcs[0].issuer,
        kubeconfig=kubeconfig.eks(cluster, plane.cluster.endpoint, authority),
    )
