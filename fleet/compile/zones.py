"""Which zones a cluster lies in: those of the settings, or the region's first three that offer every machine type it names."""

from __future__ import annotations

from fleet.catalog import instance_types, offered_zones
from fleet.compile.addresses import MAX_ZONES
from fleet.compile.context import Context, Undecidable
from fleet.spec.suggest import did_you_mean

_COUNT = 3


def zones(context: Context) -> tuple[str, ...]:
    """The cluster's zones, in the region's order. Raises Undecidable for zones the region lacks, or when too few offer the types."""
    instance = context.instance
    given = instance.settings.zones
    if given is not None:
        return _checked(given, instance.place.zones, instance.subject.region)
    named = _named_types(context)
    return context.choose("zones", sorted(named), tuple[str, ...], lambda: _first_with(context, named))


def _checked(given: list[str], known: tuple[str, ...], region: str) -> tuple[str, ...]:
    for index, zone in enumerate(given):
        if zone not in known:
            raise Undecidable(("zones", index), f'"{zone}" is not a zone of {region}.{did_you_mean(zone, known)}')
    if len(set(given)) != len(given):
        raise Undecidable(("zones",), "names a zone twice.")
    if not 1 <= len(given) <= MAX_ZONES:
        raise Undecidable(("zones",), f"a cluster lies in one to {MAX_ZONES} zones, not {len(given)}.")
    return tuple(sorted(given, key=known.index))


def _named_types(context: Context) -> set[str]:
    cloud = context.instance.subject.cloud
    pools = context.instance.settings.node_pools.values()
    known = instance_types(cloud)
    return {name for pool in pools if pool.types for name in getattr(pool.types, cloud) if name in known}


def _first_with(context: Context, named: set[str]) -> tuple[str, ...]:
    place = context.instance.place
    offering = [zone for zone in place.cluster_zones if all(zone in offered_zones(name, place.name) for name in named)]
    usable = offering if len(offering) >= _COUNT else list(place.cluster_zones)
    return tuple(usable[:_COUNT])
