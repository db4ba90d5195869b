"""What fleet puts into a cluster of any kind, in the order in which it is needed; it goes in reverse.

Priority classes and the tiers' rights come first, so that people can look at a chart that does not become ready; then the charts, each
after the one before; then the teams' namespaces, so that what teams made goes while the controllers that clean up after it live.
"""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.base import ClusterComponent
from components.names import Origin, Owner
from components.platform import access, baseline, charts, namespaces, priorities
from components.platform.inside import Inside
from components.platform.stage import stage
from fleet.blueprint.model import AnyCluster


class Platform(pulumi.ComponentResource):
    """The platform of one cluster. It changes without ceremony, in protected environments too: the guard still stops its destruction."""

    def __init__(self, cluster: AnyCluster, made: ClusterComponent, origin: Origin) -> None:
        options = pulumi.ResourceOptions(parent=made, protect=False, depends_on=list(made.ground.before))
        super().__init__("fleet:platform:Platform", cluster.identity, None, options)
        inside = Inside(Owner(self, cluster.identity, origin, {}), _provider(self, cluster, made), made.ground.cluster)
        platform = cluster.platform

        first = [*priorities.build(inside, platform), *access.tiers(inside, platform), *baseline.build(inside)]
        installed = charts.build(stage(inside, "charts", first), platform, made.ground.identities)
        namespaces.build(stage(inside, "namespaces", [*first, *installed]), platform, made.ground.identity_endpoints)
        self.register_outputs({})


def build(cluster: AnyCluster, made: ClusterComponent, origin: Origin) -> Platform:
    return Platform(cluster, made, origin)


def _provider(platform: Platform, cluster: AnyCluster, made: ClusterComponent) -> k8s.Provider:
    """Only another cluster replaces what is in it: a new endpoint or certificate does not.

    Where the cluster itself is replaced, all in it is deleted first, in order, while it answers: the context is then unknown, the engine is
    told to replace for it, and all objects follow their provider. Two other ways end badly with Pulumi 3.259 (pkg/resource/deploy): a
    provider that answers by itself that it must be replaced, as for an unknown identifier, is closed before it has deleted anything
    (Registry.Diff), and what is to be replaced with another resource is deleted in random order (findResourcesReplacedWith).

    What somebody changed by hand in fleet's objects is taken back by the next update. An object that is there already and is not fleet's
    is another matter: a create is refused, whatever the force (it would go with the platform one day).
    """
    ground = made.ground
    return k8s.Provider(
        cluster.identity,
        kubeconfig=made.connection.kubeconfig,
        context=ground.cluster.id.apply(lambda _: cluster.identity) if ground.cluster else None,
        cluster_identifier=ground.identifier,
        enable_patch_force=True,
        upsert_existing_objects=False,
        opts=pulumi.ResourceOptions(parent=platform, replace_on_changes=["context"]),
    )
