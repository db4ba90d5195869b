"""Kubernetes minors: which ones EKS and each GKE channel offer, and until when they are supported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

import msgspec

from fleet.catalog.table import day, flag, rows

Channel = Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"]
Support = Literal["standard", "extended", "ended"]


class Minor(msgspec.Struct, frozen=True, kw_only=True):
    """One minor at one provider.

    offered: new clusters can be made with it (before any end date). standard_until, extended_until: first day without that support,
    None where no date is published or no such support exists. exact: newest patch known (GKE: of the channel), None where none is.
    """

    minor: str
    offered: bool
    available_from: date | None
    standard_until: date | None
    extended_until: date | None
    exact: str | None
    source: str

    def support(self, on: date) -> Support:
        """What a cluster of this minor gets on a day."""
        if self.standard_until is None or on < self.standard_until:
            return "standard"
        return "extended" if self.extended_until is not None and on < self.extended_until else "ended"


@cache
def eks_minors() -> tuple[Minor, ...]:
    """Minors that EKS offers, oldest first."""
    return tuple(minor for minor in known_minors("eks") if minor.offered)


@cache
def gke_minors(channel: Channel) -> tuple[Minor, ...]:
    """Minors that a GKE release channel offers, oldest first."""
    return tuple(minor for minor in known_minors(f"gke-{channel.lower()}") if minor.offered)


@cache
def known_minors(provider: str) -> tuple[Minor, ...]:
    """All minors the catalogue knows of, offered or not, oldest first. provider: `upstream`, `eks`, `gke-rapid`, `gke-stable` ..."""
    return _all_minors()[provider]


def minor_number(minor: str) -> int:
    """35 of `1.35` (and of `1.35.7-gke.1222000`), to compare and to count skew. Raises ValueError for anything else."""
    return int(minor.split(".")[1])


@cache
def _all_minors() -> Mapping[str, tuple[Minor, ...]]:
    minors: dict[str, list[Minor]] = {}
    for row in rows("versions"):
        minors.setdefault(row["provider"], []).append(_minor(row))
    return {provider: tuple(sorted(found, key=lambda minor: minor_number(minor.minor))) for provider, found in minors.items()}


def _minor(row: Mapping[str, str]) -> Minor:
    return Minor(
        minor=row["minor"],
        offered=flag(row["offered"]),
        available_from=day(row["available_from"]),
        standard_until=day(row["standard_until"]),
        extended_until=day(row["extended_until"]),
        exact=row["exact"] or None,
        source=row["source"],
    )
