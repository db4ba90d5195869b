"""A network has, in a region, one NAT for all its subnetworks, or several for lists of them that do not meet.

Rule: https://cloud.google.com/nat/docs/overview#subnet-ranges-in-nat.
Error: invalid (compute.v1, core errors); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import location
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:compute/routerNat:RouterNat",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("compute.v1", "compute.routers.patch", "INVALID")
_ROUTER: Final = "gcp:compute/router:Router"
_ALL: Final = "ALL_SUBNETWORKS"
_PROPERTY: Final = "sourceSubnetworkIpRangesToNat"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    here = location(request)
    network = _network(store, text(request.inputs, "router"), links.project(request), here)
    if not network:
        return
    for other in store.everywhere.all(request.type):
        held = holds(other)
        everything = _ALL in text(held, _PROPERTY) or _ALL in text(request.inputs, _PROPERTY)
        if everything and _network(store, text(held, "router"), other.caller.account, links.place(held) or other.caller.region) == network:
            reason = f"NAT {links.base(other.id)} serves subnetworks of the same network in region {here}: their ranges overlap."
            yield INVALID.refusal(_PROPERTY, reason)
            return


def _network(store: StoreView, router: str, project: str, region: str) -> str:
    """The project, network and region that a router is in, empty where it is not there."""
    found = links.resolve(store, _ROUTER, router, project, region) if router else None
    held = holds(found) if found is not None else {}
    network = text(held, "network")
    home = links.part(network, "projects") or project
    return f"{home}/{links.base(network)}/{links.place(held) or region}" if network else ""
