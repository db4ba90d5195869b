"""F-MNT-001: a maintenance window that leaves GKE too little time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fleet.blueprint.model import MaintenanceWindow
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster

_WEEKS_IN_32_DAYS = 4
_NEEDED_HOURS = 48
_SHORTEST_HOURS = 4


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.gke_clusters:
        hours = _hours(cluster.maintenance)
        total = hours * len(cluster.maintenance.days) * _WEEKS_IN_32_DAYS if hours >= _SHORTEST_HOURS else 0
        if total < _NEEDED_HOURS:
            yield on_cluster(
                cluster,
                ("maintenance",),
                f"{hours:g} hours on {_days(cluster.maintenance)} a week make {total:g} hours in 32 days; GKE wants {_NEEDED_HOURS}, in "
                f"blocks of {_SHORTEST_HOURS} hours or more. Add a day, or take 12 hours once a week.",
            )


def _hours(window: MaintenanceWindow) -> float:
    return (datetime.fromisoformat(window.end) - datetime.fromisoformat(window.start)).total_seconds() / 3600


def _days(window: MaintenanceWindow) -> str:
    return "one day" if len(window.days) == 1 else f"{len(window.days)} days"


RULE = Rule(
    id="F-MNT-001",
    severity="error",
    title="Too little maintenance time for GKE",
    rationale=(
        "GKE refuses a policy that `would go longer than 32d without 48h maintenance availability`, and counts blocks of four hours or "
        "more."
    ),
    source="https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions",
    check=_check,
)
