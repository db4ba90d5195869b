"""What rules look at: the spec as written, the blueprint as decided, and the day they are asked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from fleet.blueprint.model import AnyCluster, AwsNetwork, Blueprint, BuiltCluster, EksCluster, GcpNetwork, GkeCluster, Network
from fleet.spec.model import Spec


@dataclass(frozen=True)
class Context:
    """A fleet to check. today: the day that ends of support are measured from."""

    spec: Spec
    blueprint: Blueprint
    today: date

    @cached_property
    def clusters(self) -> tuple[BuiltCluster, ...]:
        """The clusters that fleet builds; a registered one is somebody else's to get right."""
        return (*self.eks_clusters, *self.gke_clusters)

    @cached_property
    def all_clusters(self) -> tuple[AnyCluster, ...]:
        return tuple(cluster for stack in self.blueprint.stacks for cluster in stack.clusters)

    @cached_property
    def eks_clusters(self) -> tuple[EksCluster, ...]:
        return tuple(cluster for cluster in self.all_clusters if isinstance(cluster, EksCluster))

    @cached_property
    def gke_clusters(self) -> tuple[GkeCluster, ...]:
        return tuple(cluster for cluster in self.all_clusters if isinstance(cluster, GkeCluster))

    @cached_property
    def networks(self) -> Mapping[str, Network]:
        return {network.name: network for stack in self.blueprint.stacks for network in stack.networks}

    @cached_property
    def aws_networks(self) -> tuple[AwsNetwork, ...]:
        return tuple(network for network in self.networks.values() if isinstance(network, AwsNetwork))

    @cached_property
    def gcp_networks(self) -> tuple[GcpNetwork, ...]:
        return tuple(network for network in self.networks.values() if isinstance(network, GcpNetwork))
