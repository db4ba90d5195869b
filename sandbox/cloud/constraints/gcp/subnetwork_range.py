"""A subnetwork's ranges are canonical, /29 at the smallest for the primary one, and outside the blocks that no network may use.

Rule: https://cloud.google.com/vpc/docs/subnets#valid-ranges.
Error: invalid "Invalid value for field 'resource.ipCidrRange': ...", as bosh-google-cpi issues 238 and 262 quote the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from sandbox.cloud.constraints.google_networks import range_entries
from sandbox.cloud.constraints.networks import NEVER, clash, known, network
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:compute/subnetwork:Subnetwork",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("compute.v1", "compute.subnetworks.insert", "INVALID")
_SMALLEST_MASK: Final = 29
_REFUSED: Final = (*NEVER, *known(("199.36.153.4/30", "199.36.153.8/30", "255.255.255.255/32")))


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    for path, cidr in range_entries(request):
        wanted = network(cidr)
        if wanted is None or clash(wanted, _REFUSED) or _too_small(path, wanted):
            yield INVALID.refusal(path, f"Invalid value for field 'resource.{path}': '{cidr}'. Must be a CIDR address range.")


def _too_small(path: str, wanted: IPv4Network) -> bool:
    return path == "ipCidrRange" and wanted.prefixlen > _SMALLEST_MASK
