"""Google networks as the store holds them: the ranges that are taken in a network, and what a cluster lies in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.networks import network
from sandbox.cloud.constraints.reading import effective, holds, text, texts, value
from sandbox.cloud.request import Request, Stored
from sandbox.cloud.store import StoreView

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
CLUSTER = "gcp:container/cluster:Cluster"


@dataclass(frozen=True)
class Taken:
    """A range in use in a network, and what uses it."""

    range: IPv4Network
    by: Stored


def subnetwork_ranges(subnetwork: Stored) -> Iterator[Taken]:
    """A subnetwork's primary and secondary ranges."""
    held = holds(subnetwork)
    for cidr in (text(held, "ipCidrRange"), *texts(held, "secondaryIpRanges.ipCidrRange")):
        if (found := network(cidr)) is not None:
            yield Taken(found, subnetwork)


def secondary_ranges(subnetwork: Stored) -> tuple[str, ...]:
    """The names of a subnetwork's secondary ranges."""
    return texts(holds(subnetwork), "secondaryIpRanges.rangeName")


def network_ranges(store: StoreView, owner: Stored) -> Iterator[Taken]:
    """All ranges of the subnetworks of a network."""
    for subnetwork in links.all_matching(store, SUBNETWORK, "network", owner):
        yield from subnetwork_ranges(subnetwork)


def control_plane_ranges(store: StoreView, owner: Stored) -> Iterator[Taken]:
    """The control-plane ranges of the clusters in a network."""
    for cluster in links.all_matching(store, CLUSTER, "network", owner):
        if (found := network(text(holds(cluster), "privateClusterConfig.masterIpv4CidrBlock"))) is not None:
            yield Taken(found, cluster)


def location(request: Request) -> str:
    """The location that a Google request is for: the resource's own, else the provider's region."""
    return links.place(request.inputs) or links.place(effective(request)) or request.caller.region


def network_of(request: Request, store: StoreView) -> Stored | None:
    """The network that a request's resource lies in."""
    link = text(request.inputs, "network")
    return links.resolve(store, NETWORK, link, links.project(request)) if link else None


def subnetwork_of(request: Request, store: StoreView) -> Stored | None:
    """The subnetwork that a cluster's request names."""
    link = text(request.inputs, "subnetwork")
    return links.resolve(store, SUBNETWORK, link, links.project(request), links.region_of(location(request))) if link else None


def cluster_of(request: Request, store: StoreView) -> Stored | None:
    """The cluster that a node pool's request names."""
    link = text(request.inputs, "cluster")
    return links.resolve(store, CLUSTER, link, links.project(request), location(request)) if link else None


def range_entries(request: Request) -> tuple[tuple[str, str], ...]:
    """(property path, CIDR) of the primary and the secondary ranges of a subnetwork's request."""
    found = [("ipCidrRange", text(request.inputs, "ipCidrRange"))]
    secondary = value(request.inputs, "secondaryIpRanges")
    for index, each in enumerate(secondary if isinstance(secondary, list) else ()):
        if isinstance(each, dict):
            found.append((f"secondaryIpRanges[{index}].ipCidrRange", text(each, "ipCidrRange")))
    return tuple((path, cidr) for path, cidr in found if cidr)
