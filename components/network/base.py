"""One interface for the networks of all clouds: the blueprint's tag names the module that builds it, so another cloud is one more file."""

from __future__ import annotations

import importlib

import pulumi

from components.names import Origin
from components.providers import Providers
from fleet.blueprint.model import Network


class NetworkComponent(pulumi.ComponentResource):
    """A network with a slot per cluster. Subclasses register as `COMPONENT` of `components.network.<tag of their blueprint>`."""

    def __init__(self, network: Network, origin: Origin, options: pulumi.ResourceOptions, token: str) -> None:
        super().__init__(token, network.name, None, options)


def build(network: Network, origin: Origin, providers: Providers, after: list[pulumi.Resource]) -> NetworkComponent:
    """Build a network. after: what must exist before, as the services of its project."""
    tag = network.__struct_config__.tag
    module = importlib.import_module(f"components.network.{tag}")
    made = module.build(network, origin, providers, after)
    assert isinstance(made, NetworkComponent)
    return made
