"""A regional resource names a region, and a cluster a region or a zone, that Google has.

Rule: https://cloud.google.com/compute/docs/regions-zones. Regions and zones: the catalogue.
Error: invalid "Unknown region" (Compute Engine); forbidden "Permission denied on 'locations/X' (or it may not exist)" (GKE, Cloud KMS), as
quoted
in public issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.cloud.constraints import catalogue, links
from sandbox.cloud.constraints.google_networks import location
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = (
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:container/cluster:Cluster",
    "gcp:kms/keyRing:KeyRing",
)
PHASES: Final[tuple[Phase, ...]] = ("create",)

FAULTS: Final[Mapping[str, Fault]] = {
    "gcp:compute/subnetwork:Subnetwork": Fault("compute.v1", "compute.subnetworks.insert", "INVALID"),
    "gcp:compute/router:Router": Fault("compute.v1", "compute.routers.insert", "INVALID"),
    "gcp:compute/routerNat:RouterNat": Fault("compute.v1", "compute.routers.patch", "INVALID"),
    "gcp:container/cluster:Cluster": Fault("container.v1", "container.projects.locations.clusters.create", "PERMISSION_DENIED"),
    "gcp:kms/keyRing:KeyRing": Fault("cloudkms.v1", "cloudkms.projects.locations.keyRings.create", "PERMISSION_DENIED"),
}
_REGION: Final = re.compile(r"[a-z]+-[a-z]+\d+")
"""Anything else is a multi-region of Cloud KMS, as `europe` or `global`."""


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = location(request)
    fault = FAULTS[request.type]
    region = links.region_of(wanted)
    found = catalogue.region("gcp", region)
    if not wanted or (request.type == "gcp:kms/keyRing:KeyRing" and not _REGION.fullmatch(wanted)):
        return
    if found is None or (wanted != region and wanted not in found.zones):
        if fault.service == "compute.v1":
            yield fault.refusal("region", f"Invalid value for field 'region': '{wanted}'. Unknown region.")
        else:
            yield fault.refusal("location", f"Permission denied on 'locations/{wanted}' (or it may not exist).")
