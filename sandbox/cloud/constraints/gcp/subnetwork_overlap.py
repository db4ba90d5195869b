"""The ranges of a network's subnetworks, primary and secondary, do not overlap.

Rule: https://cloud.google.com/vpc/docs/subnets#manually_created_subnet_ip_ranges.
Error: invalid "Invalid IPCidrRange: ... conflicts with existing subnetwork ...", as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import network_of, network_ranges, range_entries
from sandbox.cloud.constraints.networks import network
from sandbox.cloud.constraints.reading import holds
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:compute/subnetwork:Subnetwork",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("compute.v1", "compute.subnetworks.insert", "INVALID")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    home = network_of(request, store)
    if home is None:
        return
    taken = [each for each in network_ranges(store, home) if each.by.id != request.id]
    before: list[str] = []
    for path, cidr in range_entries(request):
        wanted = network(cidr)
        if wanted is None:
            continue
        other = next((each for each in taken if each.range.overlaps(wanted)), None)
        own = next((each for each in before if wanted.overlaps(network(each) or wanted)), None)
        before.append(cidr)
        if other is not None:
            place = f"'{links.base(other.by.id)}' in region '{links.place(holds(other.by))}'"
            yield _invalid(path, cidr, f"Invalid IPCidrRange: {cidr} conflicts with existing subnetwork {place}.")
        elif own is not None:
            yield _invalid(path, cidr, f"Invalid IPCidrRange: {cidr} conflicts with another range of this subnetwork, {own}.")


def _invalid(path: str, cidr: str, reason: str) -> Refusal:
    return INVALID.refusal(path, f"Invalid value for field 'resource.{path}': '{cidr}'. {reason}")
