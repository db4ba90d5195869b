"""A stack of the blueprint as resources: the table of contents of everything one `pulumi up` makes."""

from __future__ import annotations

import pulumi

from components import account
from components.cluster import base as clusters
from components.guard import Guard
from components.names import Origin, by_identity
from components.network import base as networks
from components.providers import Providers
from fleet.blueprint.model import Stack


def deploy(stack: Stack) -> dict[str, dict[str, pulumi.Input[str]]]:
    """Register the whole stack; returns what it exports of each cluster, by the cluster's name."""
    origin = Origin(fleet=stack.fleet, environment=stack.environment, stack=stack.name)
    providers = Providers(stack.name)
    projects: list[pulumi.Resource] = [account.build(project, origin, providers) for project in stack.accounts]
    by_name = {
        network.name: networks.build(by_identity(network, stack.clusters), origin, providers, projects) for network in stack.networks
    }
    made = [(cluster, clusters.build(cluster, origin, providers, by_name[cluster.network])) for cluster in stack.clusters]
    Guard(stack.name, stack.protect, [*providers.all(), *projects, *by_name.values(), *(component for _, component in made)])
    return {cluster.name: clusters.outputs(cluster, component) for cluster, component in made}
