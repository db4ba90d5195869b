"""Pod and service ranges are private (public only without default SNAT), of a size that GKE takes, and overlap nothing.

Rule: https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips#cluster_sizing: pods /9 to /21, services /16 to /27.
Error: badRequest "Cluster CIDR range X is not within allowed ranges.", cloud-foundation-fabric issue 1424; overlaps: text unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from sandbox.cloud.constraints.google_networks import control_plane_ranges, network_of, network_ranges
from sandbox.cloud.constraints.networks import NEVER, PRIVATE, clash, inside, network
from sandbox.cloud.constraints.reading import flag, is_unknown, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
_ALLOWED: Final = (
    *PRIVATE,
    *(
        IPv4Network(block)
        for block in (
            "100.64.0.0/10",
            "198.18.0.0/15",
            "240.0.0.0/4",
            "192.0.0.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "34.118.224.0/20",
        )
    ),
)
_MASKS: Final = {"clusterIpv4CidrBlock": range(9, 22), "servicesIpv4CidrBlock": range(16, 28)}


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    home = network_of(request, store)
    taken = [] if home is None else [each.range for each in (*network_ranges(store, home), *control_plane_ranges(store, home))]
    public_allowed = flag(request.inputs, "defaultSnatStatus.disabled", default=is_unknown(request.inputs, "defaultSnatStatus.disabled"))
    for name, masks in _MASKS.items():
        path = f"ipAllocationPolicy.{name}"
        wanted = network(text(request.inputs, path))
        if wanted is None:
            continue
        if clash(wanted, NEVER) or not (inside(wanted, _ALLOWED) or public_allowed):
            yield INVALID.refusal(path, f"Cluster CIDR range {wanted} is not within allowed ranges.")
        elif wanted.prefixlen not in masks:
            yield INVALID.refusal(path, f"CIDR range {wanted} must have a mask of /{masks[0]} to /{masks[-1]}.")
        elif (other := clash(wanted, taken)) is not None:
            yield INVALID.refusal(path, f"Requested CIDR {wanted} is not available in network: it overlaps {other}.")
        taken.append(wanted)
