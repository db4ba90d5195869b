"""The secondary ranges that a cluster names are of its subnetwork, two different ones, and the services' of no other cluster.

Rule: https://cloud.google.com/kubernetes-engine/docs/how-to/alias-ips.
Error: badRequest (container.v1, canonical codes); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import secondary_ranges, subnetwork_of
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
_PODS: Final = "ipAllocationPolicy.clusterSecondaryRangeName"
_SERVICES: Final = "ipAllocationPolicy.servicesSecondaryRangeName"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    subnetwork = subnetwork_of(request, store)
    if subnetwork is None:
        return
    held, name = secondary_ranges(subnetwork), links.base(subnetwork.id)
    for property, kind in ((_PODS, "Pod"), (_SERVICES, "Services")):
        wanted = text(request.inputs, property)
        if wanted and wanted not in held:
            has = f"it has [{', '.join(held)}]"
            yield INVALID.refusal(property, f'{kind} secondary range "{wanted}" does not exist in subnetwork "{name}": {has}.')
    pods, services = text(request.inputs, _PODS), text(request.inputs, _SERVICES)
    if services and pods == services:
        yield INVALID.refusal(_SERVICES, f'Pods and services cannot use the same secondary range "{services}".')
    for other in links.all_matching(store, "gcp:container/cluster:Cluster", "subnetwork", subnetwork):
        if services and text(holds(other), _SERVICES) == services:
            reason = f'Services range "{services}" in subnetwork "{name}" is already used by another cluster: {links.base(other.id)}.'
            yield INVALID.refusal(_SERVICES, reason)
