"""Decide a GKE cluster."""

from __future__ import annotations

from datetime import date, timedelta

from fleet.blueprint.model import GkeCluster, GkeNodePool, MaintenanceWindow
from fleet.catalog import Channel, gke_minors, instance_types
from fleet.compile.context import Context, Undecidable, taints
from fleet.compile.eks import endpoint, pool_zones
from fleet.compile.pools import generation, machine_types
from fleet.compile.settings import Maintenance, Pool
from fleet.spec.suggest import did_you_mean

_BUILT_IN = frozenset({"metrics-server"})
"""Add-ons of other kinds that every GKE cluster has (facts: add-on catalogue, delivery gke-builtin)."""
_SWITCHES = frozenset({"gce-persistent-disk-csi-driver", "gcp-filestore-csi-driver", "gcs-fuse-csi-driver", "gke-backup-agent"})
_NOT_HERE = frozenset({"snapshot-controller"})
"""EKS add-ons whose work GKE's own drivers do."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST_DAY = date(2026, 1, 5)
"""A Monday: windows recur weekly, so any past week may hold the first one; a fixed one keeps the bytes stable."""


def compile_gke(context: Context, zones: tuple[str, ...], security_group: str) -> GkeCluster:
    """Turn one cluster's settings into its blueprint. Raises Undecidable."""
    instance, settings = context.instance, context.instance.settings
    channel = _channel(settings.channel)
    subject = instance.subject
    return GkeCluster(
        name=instance.name,
        formerly=context.locked.formerly,
        physical_name=context.locked.name,
        environment=subject.environment,
        class_=subject.class_,
        region=subject.region,
        jurisdiction=subject.jurisdiction,
        deployer=context.deployer,
        protect=context.protect,
        network=context.locked.network,
        kubernetes=_patch(context, channel, settings.kubernetes, ("kubernetes",)),
        zones=zones,
        endpoint=endpoint(context),
        log_retention_days=settings.log_retention_days,
        access=context.access,
        channel=channel,
        security_group=security_group,
        maintenance=_window(settings.maintenance),
        node_pools=tuple(_pool(context, name, pool, zones, channel) for name, pool in sorted(settings.node_pools.items())),
        addons=_addons(context),
        labels=dict(sorted(settings.tags.items())),
    )


def _channel(name: str) -> Channel:
    channels: dict[str, Channel] = {"rapid": "RAPID", "regular": "REGULAR", "stable": "STABLE", "extended": "EXTENDED"}
    return channels[name]


def _patch(context: Context, channel: Channel, minor: str, at: tuple[str, ...]) -> str:
    """The newest patch of a minor that its channel is known to offer, kept in the lock."""

    def newest() -> str:
        offered = {found.minor: found.exact for found in gke_minors(channel)}
        exact = offered.get(minor)
        if exact is None:
            known = ", ".join(found for found, patch in offered.items() if patch)
            raise Undecidable(at, f"the {channel} channel of GKE does not offer Kubernetes {minor}. Offered: {known}.")
        return exact

    return context.choose(".".join(at), [minor, channel], str, newest)


def _pool(context: Context, name: str, pool: Pool, zones: tuple[str, ...], channel: Channel) -> GkeNodePool:
    own_zones = pool_zones(name, pool, zones)
    machine_type = machine_types(context, name, pool, own_zones)[0]
    known = instance_types("gcp")[machine_type]
    minor = pool.kubernetes or context.instance.settings.kubernetes
    at = ("nodePools", name, "kubernetes") if pool.kubernetes else ("kubernetes",)
    return GkeNodePool(
        name=name,
        physical_name=f"{name}-{generation(pool.capacity, pool.max_pods)}",
        machine_type=machine_type,
        architecture=known.architecture,
        capacity=pool.capacity,
        disk_gib=pool.disk_gib,
        disk_type=known.boot_disk,
        kubernetes=_patch(context, channel, minor, at),
        max_pods=pool.max_pods,
        labels=dict(sorted(pool.labels.items())),
        taints=taints(pool),
        zones=own_zones,
        min=pool.min,
        max=pool.max,
        initial_per_zone=-(-pool.min // len(own_zones)) if own_zones else 0,
    )


def _window(maintenance: Maintenance) -> MaintenanceWindow:
    """The weekly window as GKE takes it: its first occurrence as start and end, and the days on which it recurs."""
    days = tuple(day for day in _DAYS if day in maintenance.days)
    start = _FIRST_DAY + timedelta(days=_DAYS.index(days[0]))
    hour, minute = map(int, maintenance.start.split(":"))
    ends = hour + maintenance.hours
    end = start + timedelta(days=ends // 24)
    return MaintenanceWindow(start=f"{start}T{hour:02}:{minute:02}:00Z", end=f"{end}T{ends % 24:02}:{minute:02}:00Z", days=days)


def _addons(context: Context) -> tuple[str, ...]:
    """The switches to turn on; add-ons that GKE has built in need none."""
    wanted = context.instance.settings.addons
    for name, addon in wanted.items():
        if name in _BUILT_IN | _NOT_HERE:
            continue
        if name not in _SWITCHES:
            known = did_you_mean(name, _SWITCHES | _BUILT_IN)
            raise Undecidable(("addons", name), f'"{name}" is not an add-on of GKE that can be switched on.{known}')
        if addon.version or addon.configuration:
            raise Undecidable(("addons", name), f"GKE chooses the version and configuration of {name} itself. Remove them.")
    return tuple(sorted(name for name in wanted if name in _SWITCHES))
