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
    start, end = (text(request.inputs, f"{_WINDOW}.{name}") for name in ("startTime", "endTime"))
    windows = _windows(text(request.inputs, f"{_WINDOW}.recurrence"))
    if not start or not end or windows is None:
        return
    length = _length(start, end)
    if length is None:
        yield INVALID.refusal(_WINDOW, f"Invalid maintenance window {start} to {end}: the times must be RFC 3339, as 2026-01-03T02:00:00Z.")
    elif length < _SHORTEST or length * windows < _NEEDED:
        reason = f"maintenance policy would go longer than {_PERIOD_DAYS}d without 48h maintenance availability"
        yield INVALID.refusal(_WINDOW, reason)


def _length(start: str, end: str) -> timedelta | None:
    """How long a window is; None where a time is none, or has no offset from UTC."""
    try:
        times = [datetime.fromisoformat(time) for time in (start, end)]
    except ValueError:
        return None
    return times[1] - times[0] if all(time.tzinfo for time in times) else None


def _windows(recurrence: str) -> int | None:
    """How many windows of a daily or weekly rule lie in every 32 days; None for rules that are not judged."""
    daily = re.fullmatch(r"(RRULE:)?FREQ=DAILY", recurrence)
    weekly = re.fullmatch(r"(?:RRULE:)?FREQ=WEEKLY;BYDAY=([A-Z,]+)", recurrence)
    if weekly:
        return len(weekly.group(1).split(",")) * (_PERIOD_DAYS // 7)
    return _PERIOD_DAYS if daily else None
