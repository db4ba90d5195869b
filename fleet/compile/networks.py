"""Decide the networks: one per environment and region, with a slot for each cluster in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fleet.blueprint.model import AwsNetwork, BuiltCluster, Deployer, GcpNetwork, GkeCluster, Network
from fleet.compile.addresses import aws_slot, aws_zones, gcp_slot
from fleet.compile.layers import profile
from fleet.lock.ledger import Ledger
from fleet.spec.load import Document


def compile_network(document: Document, key: str, clusters: Sequence[BuiltCluster], deployer: Deployer, ledger: Ledger) -> Network:
    """Turn the clusters of one network into the network that holds them; all lie in one region of one environment."""
    first = clusters[0]
    locked = ledger.network(key)
    protect = any(cluster.protect for cluster in clusters)  # a network is let go with its last cluster
    if isinstance(first, GkeCluster):
        return GcpNetwork(
            name=key,
            physical_name=locked.name,
            environment=first.environment,
            region=first.region,
            jurisdiction=first.jurisdiction,
            deployer=deployer,
            protect=protect,
            slots=tuple(gcp_slot(cluster.name, ledger.cluster(cluster.name)) for cluster in clusters),
            labels=_tags(document),
        )
    choices = _choices(document, first.environment)
    zones = sorted({zone for cluster in clusters for zone in cluster.zones})
    return AwsNetwork(
        name=key,
        physical_name=locked.name,
        environment=first.environment,
        region=first.region,
        jurisdiction=first.jurisdiction,
        deployer=deployer,
        protect=protect,
        cidr=locked.range,
        zones=aws_zones(locked, zones, choices["natGateways"]),
        interface_endpoints=tuple(profile()["interfaceEndpoints"]),
        flow_log_retention_days=choices["flowLogRetentionDays"],
        slots=tuple(aws_slot(cluster.name, ledger.cluster(cluster.name), cluster.zones) for cluster in clusters),
        tags=_tags(document),
    )


def _choices(document: Document, environment: str) -> Mapping[str, Any]:
    return {**profile()["environment"], **(document.data["environments"][environment].get("network") or {})}


def _tags(document: Document) -> dict[str, str]:
    """A network is shared, so it carries the fleet-wide tags only."""
    return dict(sorted((document.data.get("defaults", {}).get("tags") or {}).items()))
