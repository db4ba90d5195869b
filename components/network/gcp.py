"""A GCP network: a custom-mode VPC network with a router and NAT, and per GKE cluster a subnetwork with its ranges and webhook rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.names import Origin, Owner, node_tag
from components.network.base import NetworkComponent
from components.providers import Providers
from fleet.blueprint.model import GcpNetwork, GcpSlot

NAME_LIMIT = 63
"""Compute Engine's discovery document (2026-11)."""
PODS_RANGE = "pods"
SERVICES_RANGE = "services"
WEBHOOK_PORTS = ["8443", "9443"]
"""GKE lets the control plane reach nodes on 443 and 10250 only; admission webhooks mostly listen here (facts of 2026-08)."""


@dataclass(frozen=True)
class Slot:
    """The subnetwork of one cluster, and the /28 of its control plane."""

    subnetwork: gcp.compute.Subnetwork
    blueprint: GcpSlot


class Gcp(NetworkComponent):
    """A VPC network. slots: by the cluster's name in the fleet."""

    network_id: pulumi.Output[str]
    slots: Mapping[str, Slot]

    def __init__(self, network: GcpNetwork, origin: Origin, options: pulumi.ResourceOptions) -> None:
        super().__init__(network, origin, options, "fleet:network:Gcp")
        owner = Owner(self, network.name, origin, network.labels)
        made = _network(owner, network)
        self.network_id = made.id
        self.slots = {slot.cluster: Slot(_subnetwork(owner, network, slot, made), slot) for slot in network.slots}
        _nat(owner, network, made)
        for slot in network.slots:
            _admit_webhooks(owner, slot, made)
        self.register_outputs({"networkId": made.id})


def build(network: GcpNetwork, origin: Origin, providers: Providers, after: list[pulumi.Resource]) -> Gcp:
    provider = providers.gcp(network.deployer, network.region)
    return Gcp(network, origin, pulumi.ResourceOptions(providers=[provider], protect=network.protect, depends_on=after))


def _network(owner: Owner, network: GcpNetwork) -> gcp.compute.Network:
    return gcp.compute.Network(
        owner.name,
        name=network.physical_name,
        description=owner.mark(gcp.compute.Network, owner.name),
        auto_create_subnetworks=False,
        routing_mode="REGIONAL",
        delete_default_routes_on_create=False,
        opts=owner.options(),
    )


def _subnetwork(owner: Owner, network: GcpNetwork, slot: GcpSlot, made: gcp.compute.Network) -> gcp.compute.Subnetwork:
    """Nodes in the primary range, pods and services in secondary ones. Half of all flows are recorded, with all metadata."""
    name = owner.logical(slot.cluster)
    ranges = {PODS_RANGE: slot.pods_cidr, SERVICES_RANGE: slot.services_cidr}
    return gcp.compute.Subnetwork(
        name,
        name=owner.physical(name, NAME_LIMIT),
        description=owner.mark(gcp.compute.Subnetwork, name),
        network=made.id,
        region=network.region,
        ip_cidr_range=slot.nodes_cidr,
        secondary_ip_ranges=[
            gcp.compute.SubnetworkSecondaryIpRangeArgs(range_name=range_name, ip_cidr_range=cidr) for range_name, cidr in ranges.items()
        ],
        private_ip_google_access=True,
        purpose="PRIVATE",
        stack_type="IPV4_ONLY",
        log_config=gcp.compute.SubnetworkLogConfigArgs(
            aggregation_interval="INTERVAL_5_SEC", flow_sampling=0.5, metadata="INCLUDE_ALL_METADATA", filter_expr="true"
        ),
        opts=owner.options(),
    )


def _nat(owner: Owner, network: GcpNetwork, made: gcp.compute.Network) -> None:
    """The way out for nodes without public addresses; failed translations are logged."""
    router = gcp.compute.Router(
        owner.name,
        name=owner.physical(owner.name, NAME_LIMIT),
        description=owner.mark(gcp.compute.Router, owner.name),
        network=made.id,
        region=network.region,
        opts=owner.options(),
    )
    gcp.compute.RouterNat(
        owner.name,
        name=owner.physical(owner.name, NAME_LIMIT),
        router=router.name,
        region=network.region,
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        enable_endpoint_independent_mapping=False,
        log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
        opts=owner.options(),
    )


def _admit_webhooks(owner: Owner, slot: GcpSlot, made: gcp.compute.Network) -> None:
    name = owner.logical(slot.cluster, "webhooks")
    gcp.compute.Firewall(
        name,
        name=owner.physical(name, NAME_LIMIT),
        description=owner.mark(gcp.compute.Firewall, name),
        network=made.id,
        direction="INGRESS",
        priority=1000,
        source_ranges=[slot.control_plane_cidr],
        target_tags=[node_tag(slot.cluster)],
        allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=WEBHOOK_PORTS)],
        log_config=gcp.compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA"),
        opts=owner.options(),
    )
