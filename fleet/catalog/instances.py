"""Machine types: what they have, where they are offered, and which ones fit a wanted size."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from fleet.catalog.regions import Region, regions
from fleet.catalog.table import flag, rows

Architecture = Literal["amd64", "arm64"]
Purpose = Literal["general", "compute", "memory", "storage", "burstable", "accelerated"]

_PREFERENCE: Mapping[Purpose, int] = {"general": 0, "compute": 1, "memory": 2, "storage": 3, "burstable": 4}


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """An instance family (AWS) or machine series (GCP).

    tracked: the catalogue knows in which regions and zones it is missing. boot_disk: the balanced disk type its nodes can boot from.
    """

    purpose: Purpose
    generation: int
    architecture: Architecture
    tracked: bool
    boot_disk: str


class InstanceType(msgspec.Struct, frozen=True, kw_only=True):
    """A machine type.

    memory_gib: GiB. gpu: as `1x NVIDIA L4 24GB`, empty for none. max_pods_prefix: pods one node can hold (AWS: with prefix delegation).
    usd_hour: on demand, Linux, in a US region; None where no price was found.
    """

    cloud: str
    name: str
    family: str
    vcpu: int
    memory_gib: float
    architecture: Architecture
    gpu: str
    max_pods_prefix: int
    usd_hour: float | None
    purpose: Purpose
    generation: int
    tracked: bool
    boot_disk: str


@cache
def families(cloud: str) -> Mapping[str, Family]:
    """Family or series name -> Family, of one cloud."""
    return MappingProxyType({row["family"]: _family(row) for row in rows("families") if row["cloud"] == cloud})


def _family(row: Mapping[str, str]) -> Family:
    return Family(
        purpose=cast(Purpose, row["purpose"]),
        generation=int(row["generation"]),
        architecture=cast(Architecture, row["architecture"]),
        tracked=flag(row["tracked"]),
        boot_disk=row["boot_disk"],
    )


@cache
def instance_types(cloud: str) -> Mapping[str, InstanceType]:
    """Type name -> InstanceType, of one cloud (`aws` or `gcp`)."""
    return MappingProxyType({row["name"]: _instance_type(row) for row in rows("instances") if row["cloud"] == cloud})


def _instance_type(row: Mapping[str, str]) -> InstanceType:
    family = families(row["cloud"])[row["family"]]
    return InstanceType(
        cloud=row["cloud"],
        name=row["name"],
        family=row["family"],
        vcpu=int(row["vcpu"]),
        memory_gib=float(row["memory_gib"]),
        architecture=cast(Architecture, row["architecture"]),
        gpu=row["gpu"],
        max_pods_prefix=int(row["max_pods_prefix"]),
        usd_hour=float(row["usd_hour"]) if row["usd_hour"] else None,
        purpose=family.purpose,
        generation=family.generation,
        tracked=family.tracked,
        boot_disk=family.boot_disk,
    )


@cache
def offered_zones(type_name: str, region: str) -> tuple[str, ...]:
    """Zones of `region` that have `type_name`, in the region's order; empty where the region lacks its family.

    What no source says (families that are not tracked, regions without offering data) counts as offered: only the known is refused.
    Raises KeyError for a region or a type that is not in the catalogue of the region's cloud.
    """
    place = regions()[region]
    return _zones_with(instance_types(place.cloud)[type_name].family, place)


def _zones_with(family: str, place: Region) -> tuple[str, ...]:
    if family in place.absent_families:
        return ()
    return tuple(zone for zone in place.zones if family not in place.lacking.get(zone, ()))


def pick_types(
    cloud: str, vcpu: int, memory_gib: float, architecture: Architecture, region: str, zones: Collection[str], count: int
) -> tuple[str, ...]:
    """Up to `count` types of one shape and purpose that all of `zones` have, best first; empty where nothing fits.

    The shape is the smallest (vCPU, then memory) of at least `vcpu` and `memory_gib`: an autoscaler needs equal nodes in a group. Within
    it: the most general purpose there is, newest generation, lowest price, name. Never accelerators, nor families that are not tracked.
    Raises KeyError for a region that is not in the catalogue.
    """
    return _fitting(cloud, vcpu, memory_gib, architecture, region, frozenset(zones))[:count]


@cache
def _fitting(cloud: str, vcpu: int, memory_gib: float, architecture: Architecture, region: str, zones: frozenset[str]) -> tuple[str, ...]:
    place = regions()[region]
    fitting = [
        kind
        for kind in instance_types(cloud).values()
        if kind.architecture == architecture
        and kind.purpose in _PREFERENCE
        and kind.tracked
        and kind.vcpu >= vcpu
        and kind.memory_gib >= memory_gib
        and place.cloud == cloud
        and kind.family not in place.doubtful_families
        and zones <= set(_zones_with(kind.family, place))
    ]
    if not fitting:
        return ()
    shape = min((kind.vcpu, kind.memory_gib) for kind in fitting)
    ranked = sorted((kind for kind in fitting if (kind.vcpu, kind.memory_gib) == shape), key=_rank)
    return tuple(kind.name for kind in ranked if kind.purpose == ranked[0].purpose)


def _rank(kind: InstanceType) -> tuple[int, int, bool, float, str]:
    return (_PREFERENCE[kind.purpose], -kind.generation, kind.usd_hour is None, kind.usd_hour or 0.0, kind.name)
