"""A cluster's subnetwork is of its network and of its region.

Rule: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters (subnetwork).
Error: badRequest "Subnetwork S is not valid for Network N.", terraform-provider-google issue 7895.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import SUBNETWORK, location, network_of
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    link, region = text(request.inputs, "subnetwork"), links.region_of(location(request))
    subnetwork = links.resolve(store, SUBNETWORK, link, links.project(request)) if link else None
    home = network_of(request, store)
    if subnetwork is None:
        return
    held = holds(subnetwork)
    named = links.part(link, "regions")
    if named and region and named != region:
        yield INVALID.refusal("subnetwork", f"Subnetwork {links.base(link)} is in region {named}, the cluster in {region}.")
    elif home is not None and not links.matches(home, text(held, "network"), subnetwork.caller.account, ""):
        reason = f"Subnetwork {links.base(link)} is not valid for Network {links.base(home.id)}."
        yield INVALID.refusal("subnetwork", reason)
