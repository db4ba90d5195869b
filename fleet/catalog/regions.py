"""Regions of both clouds: their zones, where they lie, and which instance families are missing there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from fleet.catalog.table import flag, rows


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """One region.

    cloud: `aws` or `gcp`. zones: all zone ids (AWS) or names (GCP); cluster_zones: those in which control planes and nodes may lie.
    country: ISO 3166 code; jurisdiction: `EU` for members of the Union, `UK`, else the country. opt_in: off until the account enables it.
    offerings_known: some source says which families are there; absent_families and lacking (zone -> families) say what is not,
    doubtful_families what the sources disagree on. separate_sites: the zones are in buildings of their own.
    """

    cloud: str
    name: str
    place: str
    zones: tuple[str, ...]
    cluster_zones: tuple[str, ...]
    country: str
    jurisdiction: str
    opt_in: bool
    offerings_known: bool
    absent_families: frozenset[str]
    doubtful_families: frozenset[str]
    lacking: Mapping[str, frozenset[str]]
    separate_sites: bool
    source: str


@cache
def regions() -> Mapping[str, Region]:
    """Region name -> Region, in the table's order (AWS first). Names of the two clouds never meet (`us-east-1`, `us-east1`)."""
    return MappingProxyType({row["name"]: _region(row) for row in rows("regions")})


def _region(row: Mapping[str, str]) -> Region:
    lacking: dict[str, list[str]] = msgspec.json.decode(row["lacking"])
    return Region(
        cloud=row["cloud"],
        name=row["name"],
        place=row["place"],
        zones=tuple(row["zones"].split()),
        cluster_zones=tuple(row["cluster_zones"].split()),
        country=row["country"],
        jurisdiction=row["jurisdiction"],
        opt_in=flag(row["opt_in"]),
        offerings_known=row["offerings"] == "read",
        absent_families=frozenset(row["absent_families"].split()),
        doubtful_families=frozenset(row["doubtful_families"].split()),
        lacking={zone: frozenset(families) for zone, families in lacking.items()},
        separate_sites=row["sites"] == "apart",
        source=row["source"],
    )
