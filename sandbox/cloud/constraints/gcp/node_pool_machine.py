"""A pool's machine type exists and is offered in its zones, and boots from a disk type that it can use.

Rule: https://cloud.google.com/compute/docs/regions-zones and /machine-resource. Types, zones, disks: the catalogue; what it does not know
of is
taken as offered, only what it knows not to be is refused.
Error: badRequest (container.v1, canonical codes); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fleet.catalog import families, instance_types, offered_zones
from sandbox.cloud.constraints import catalogue, links
from sandbox.cloud.constraints.google_networks import location
from sandbox.cloud.constraints.reading import text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/nodePool:NodePool",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.nodePools.create", "INVALID_ARGUMENT")
_PROPERTY: Final = "nodeConfig.machineType"
_FORM: Final = re.compile(r"[a-z]\d*[a-z]*-[a-z0-9-]+")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = text(request.inputs, _PROPERTY)
    region = catalogue.region("gcp", links.region_of(location(request)))
    if not wanted or region is None:
        return
    series = wanted.split("-")[0]
    if not _FORM.fullmatch(wanted) or (series in families("gcp") and not _shape_exists(wanted)):
        yield INVALID.refusal(_PROPERTY, f'Machine type with name "{wanted}" does not exist in region "{region.name}".')
        return
    zones = texts(request.inputs, "nodeLocations") or region.zones
    if wanted in instance_types("gcp"):
        offered = offered_zones(wanted, region.name)
        for zone in zones:
            if zone in region.zones and zone not in offered:
                yield INVALID.refusal(_PROPERTY, f'Machine type with name "{wanted}" does not exist in zone "{zone}".')
                return
    yield from _disk(request, series)


def _shape_exists(wanted: str) -> bool:
    """Custom shapes and unlisted sizes of a known series are taken to exist; a size that is no number is not."""
    return wanted in instance_types("gcp") or re.search(r"-(custom|micro|small|medium|\d+(g|lssd)?)", wanted) is not None


def _disk(request: Request, series: str) -> Iterator[Refusal]:
    disk, known = text(request.inputs, "nodeConfig.diskType"), families("gcp").get(series)
    if disk.startswith("pd-") and known is not None and known.boot_disk.startswith("hyperdisk"):
        yield INVALID.refusal("nodeConfig.diskType", f"[{disk}] features are not compatible for creating instance of series {series}.")
