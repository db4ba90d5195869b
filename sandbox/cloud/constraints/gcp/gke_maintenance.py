"""A cluster's recurring maintenance window leaves 48 hours in 32 days, counting windows of 4 hours or more.

Rule: https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions.
Error: badRequest "maintenance policy would go longer than 32d without 48h maintenance availability", as quoted in public issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
_WINDOW: Final = "maintenancePolicy.recurringWindow"
_SHORTEST: Final = timedelta(hours=4)
_NEEDED: Final = timedelta(hours=48)
_PERIOD_DAYS: Final = 32


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    times = (text(request.inputs, f"{_WINDOW}.startTime"), text(request.inputs, f"{_WINDOW}.endTime"))
    windows = _windows(text(request.inputs, f"{_WINDOW}.recurrence"))
    if not all(times) or windows is None:
        return
    start, end = (datetime.fromisoformat(time) for time in times)
    length = end - start
    if length < _SHORTEST or length * windows < _NEEDED:
        reason = f"maintenance policy would go longer than {_PERIOD_DAYS}d without 48h maintenance availability"
        yield INVALID.refusal(_WINDOW, reason)


def _windows(recurrence: str) -> int | None:
    """How many windows of a daily or weekly rule lie in every 32 days; None for rules that are not judged."""
    daily = re.fullmatch(r"(RRULE:)?FREQ=DAILY", recurrence)
    weekly = re.fullmatch(r"(?:RRULE:)?FREQ=WEEKLY;BYDAY=([A-Z,]+)", recurrence)
    if weekly:
        return len(weekly.group(1).split(",")) * (_PERIOD_DAYS // 7)
    return _PERIOD_DAYS if daily else None
