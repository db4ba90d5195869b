"""A control plane's range: /28, private, overlapping nothing of the network; not beside a private endpoint subnetwork.

Rule: https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters (container.v1, masterIpv4CidrBlock).
Error: badRequest; texts as terraform-google-kubernetes-engine issue 2119 and other public issues quote the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.google_networks import control_plane_ranges, network_of, network_ranges
from sandbox.cloud.constraints.networks import PRIVATE, clash, inside, network
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
_PROPERTY: Final = "privateClusterConfig.masterIpv4CidrBlock"
_FIELD: Final = "Invalid value for field PrivateClusterConfig.master_ipv4_cidr_block"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = network(text(request.inputs, _PROPERTY))
    if wanted is None:
        return
    if text(request.inputs, "privateClusterConfig.privateEndpointSubnetwork"):
        yield INVALID.refusal(_PROPERTY, "When masterIpv4Cidr is set, privateEndpointSubnetwork must be unset.")
    if not inside(wanted, PRIVATE):
        yield INVALID.refusal(_PROPERTY, f'{_FIELD}: "{wanted}" must be within the RFC1918 ranges.')
    home = network_of(request, store)
    taken = [] if home is None else [each.range for each in (*network_ranges(store, home), *control_plane_ranges(store, home))]
    if (other := clash(wanted, taken)) is not None:
        yield INVALID.refusal(_PROPERTY, f"{_FIELD}: The given master_ipv4_cidr {wanted} overlaps with an existing network {other}.")
