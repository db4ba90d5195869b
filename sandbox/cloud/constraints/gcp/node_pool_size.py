"""A pool's limits: minimum at most maximum, totals or limits per zone but not both; an upgrade can move at least one node.

Rule: container.v1, NodePoolAutoscaling and UpgradeSettings; terraform-provider-google, node pool autoscaling.
Error: badRequest (container.v1, canonical codes); the texts are unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import integer, is_unknown, value
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/nodePool:NodePool",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.nodePools.create", "INVALID_ARGUMENT")
_MOST_PER_ZONE: Final = 1000


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    inputs = request.inputs
    per_zone = [integer(inputs, f"autoscaling.{name}") for name in ("minNodeCount", "maxNodeCount")]
    total = [integer(inputs, f"autoscaling.{name}") for name in ("totalMinNodeCount", "totalMaxNodeCount")]
    if any(per_zone) and any(total):
        yield INVALID.refusal("autoscaling", "Limits per zone and total limits cannot be set together.")
    for property, (least, most) in (("minNodeCount", per_zone), ("totalMinNodeCount", total)):
        if least is not None and most is not None and least > most:
            yield INVALID.refusal(f"autoscaling.{property}", f"min_node_count {least} must not be greater than max_node_count {most}.")
    if (most := per_zone[1]) is not None and most > _MOST_PER_ZONE:
        yield INVALID.refusal("autoscaling.maxNodeCount", f"max_node_count {most} exceeds the limit of {_MOST_PER_ZONE} nodes per zone.")
    surge, out = (integer(inputs, f"upgradeSettings.{name}") for name in ("maxSurge", "maxUnavailable"))
    blue_green = value(inputs, "upgradeSettings.blueGreenSettings") or is_unknown(inputs, "upgradeSettings.blueGreenSettings")
    if not blue_green and surge == 0 and not out and not is_unknown(inputs, "upgradeSettings.maxUnavailable"):
        yield INVALID.refusal("upgradeSettings", "At least one of max_surge and max_unavailable must be greater than 0.")
