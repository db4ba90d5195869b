"""A GKE cluster's minimum version is one that its release channel offers, and an update raises it by one minor at the most.

A lower minimum than what runs is no error: the provider ignores it (resource_container_cluster.go).
Rule: https://cloud.google.com/kubernetes-engine/versioning; inputs: container.v1, initialClusterVersion. Minors: the catalogue.
Error: badRequest; "Master version must be one of ..." and "Master cannot be upgraded to ...", as public issues and the DKP documentation
quote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fleet.catalog import gke_minors, minor_number
from fleet.catalog.versions import Channel
from sandbox.cloud.constraints.gke_versions import is_version
from sandbox.cloud.constraints.reading import effective, is_unknown, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
UPGRADE: Final = Fault("container.v1", "container.projects.locations.clusters.update", "INVALID_ARGUMENT")
_CHANNELS: Final[tuple[Channel, ...]] = ("RAPID", "REGULAR", "STABLE", "EXTENDED")
_DEFAULT_CHANNEL: Final[Channel] = "REGULAR"
_FORM: Final = re.compile(r"(\d+\.\d+)(\.\d+(-gke\.\d+)?)?")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted, running = text(request.inputs, "minMasterVersion"), text(effective(request), "masterVersion")
    if wanted in ("", "latest", "-") or wanted == text(request.old_inputs or {}, "minMasterVersion"):
        return
    if is_unknown(request.inputs, "releaseChannel.channel"):
        return
    form = _FORM.fullmatch(wanted)
    steps = minor_number(wanted) - minor_number(running) if form and is_version(running) else 0
    if request.phase == "update" and steps < 0:
        return
    channel = _channel(request)
    offered = [minor.minor for minor in gke_minors(channel)]
    if steps > 1:
        limit = "cannot upgrade the master more than a minor version at a time."
        yield UPGRADE.refusal("minMasterVersion", f'Master cannot be upgraded to "{wanted}": {limit} It runs {running}.')
    elif form is None or form.group(1) not in offered:
        listed = ", ".join(minor.exact or minor.minor for minor in gke_minors(channel))
        yield INVALID.refusal("minMasterVersion", f'Master version must be one of "{channel}" channel supported versions [{listed}].')


def _channel(request: Request) -> Channel:
    wanted = text(request.inputs, "releaseChannel.channel")
    return next((channel for channel in _CHANNELS if channel == wanted), _DEFAULT_CHANNEL)
