"""Dataplane V2 brings its own network policy: the older one and its add-on must be off.

Rule: https://cloud.google.com/kubernetes-engine/docs/concepts/dataplane-v2; terraform-provider-google, datapath_provider.
Error: badRequest "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed", as quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import flag, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    if text(request.inputs, "datapathProvider") != "ADVANCED_DATAPATH":
        return
    reason = "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed."
    if flag(request.inputs, "networkPolicy.enabled", default=False):
        yield INVALID.refusal("networkPolicy.enabled", reason)
    if not flag(request.inputs, "addonsConfig.networkPolicyConfig.disabled", default=True):
        yield INVALID.refusal("addonsConfig.networkPolicyConfig.disabled", reason)
