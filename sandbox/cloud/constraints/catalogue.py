"""What the simulated clouds offer: the project's catalogue, on the catalogue's own day, so that a rehearsal does not change overnight."""

from __future__ import annotations

from datetime import date
from functools import cache

from fleet.catalog import Region, regions
from fleet.catalog.table import rows


@cache
def today() -> date:
    """The clouds' date: the newest source date in the table of versions."""
    return max(date.fromisoformat(row["source_date"]) for row in rows("versions") if len(row["source_date"]) == len("2026-11-24"))


def region(cloud: str, name: str) -> Region | None:
    """A region of one cloud, None where it has none of this name."""
    found = regions().get(name)
    return found if found is not None and found.cloud == cloud else None
