"""Decide an EKS cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fleet.blueprint.model import EksCluster, EksNodeGroup, EksNodePool, Endpoint, ManagedAddon
from fleet.catalog import addon_settings, addon_versions, eks_minors, instance_types, managed_addons
from fleet.compile.context import Context, Undecidable, taints
from fleet.compile.pools import generation, machine_types
from fleet.compile.settings import Addon, Pool
from fleet.spec.suggest import did_you_mean


def compile_eks(context: Context, zones: tuple[str, ...]) -> EksCluster:
    """Turn one cluster's settings into its blueprint. Raises Undecidable."""
    instance, settings = context.instance, context.instance.settings
    if settings.kubernetes not in {minor.minor for minor in eks_minors()}:
        offered = ", ".join(minor.minor for minor in eks_minors())
        raise Undecidable(("kubernetes",), f"EKS does not offer Kubernetes {settings.kubernetes}. Offered: {offered}.")
    subject = instance.subject
    return EksCluster(
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
        kubernetes=settings.kubernetes,
        zones=zones,
        endpoint=endpoint(context),
        log_retention_days=settings.log_retention_days,
        access=context.access,
        services_cidr=context.locked.ranges["services"],
        support_type="EXTENDED" if settings.support_type == "extended" else "STANDARD",
        node_pools=tuple(_pool(context, name, pool, zones) for name, pool in sorted(settings.node_pools.items())),
        addons=_addons(context),
        tags=dict(sorted(settings.tags.items())),
    )


def endpoint(context: Context) -> Endpoint:
    """Where the API answers. Raises Undecidable for a public endpoint that is limited to nothing, and for limits of a private one."""
    control_plane = context.instance.settings.control_plane
    if control_plane.endpoint == "private":
        if control_plane.public_cidrs:
            raise Undecidable(("controlPlane", "publicCidrs"), "limits a public endpoint, but the endpoint is private. Remove one.")
        return Endpoint(public_cidrs=())
    if not control_plane.public_cidrs:
        raise Undecidable(("controlPlane", "endpoint"), "a public endpoint needs `publicCidrs`, the ranges it is limited to.")
    return Endpoint(public_cidrs=tuple(control_plane.public_cidrs))


def _pool(context: Context, name: str, pool: Pool, zones: tuple[str, ...]) -> EksNodePool:
    own_zones = pool_zones(name, pool, zones)
    types = machine_types(context, name, pool, own_zones)
    known = instance_types("aws")
    minor = pool.kubernetes or context.instance.settings.kubernetes
    return EksNodePool(
        name=name,
        instance_types=types,
        architecture=known[types[0]].architecture,
        capacity=pool.capacity,
        disk_gib=pool.disk_gib,
        kubernetes=minor,
        max_pods=min(pool.max_pods, *(known[kind].max_pods_prefix for kind in types)),
        labels=dict(sorted(pool.labels.items())),
        taints=taints(pool),
        groups=_groups(name, pool, own_zones, types),
    )


def pool_zones(name: str, pool: Pool, zones: tuple[str, ...]) -> tuple[str, ...]:
    """The zones of a pool: all of the cluster's, or some of them. Raises Undecidable for others."""
    for index, zone in enumerate(pool.zones or ()):
        if zone not in zones:
            message = f'"{zone}" is not a zone of this cluster.{did_you_mean(zone, zones)}'
            raise Undecidable(("nodePools", name, "zones", index), message)
    return tuple(zone for zone in zones if pool.zones is None or zone in pool.zones)


def _groups(name: str, pool: Pool, zones: Sequence[str], types: Sequence[str]) -> tuple[EksNodeGroup, ...]:
    """One group a zone, so that an autoscaler can balance; the totals are spread, the first zones get the rest."""
    suffix = generation(tuple(types), pool.capacity, pool.architecture)
    return tuple(
        EksNodeGroup(
            zone=zone,
            physical_name=f"{name}-{zone}-{suffix}",
            min=_share(pool.min, len(zones), index),
            max=_share(pool.max, len(zones), index),
        )
        for index, zone in enumerate(zones)
    )


def _share(total: int, parts: int, index: int) -> int:
    return total // parts + (index < total % parts)


def _addons(context: Context) -> tuple[ManagedAddon, ...]:
    wanted = context.instance.settings.addons
    for name in wanted:
        if name not in managed_addons():
            known = did_you_mean(name, managed_addons())
            raise Undecidable(("addons", name), f'"{name}" is not an EKS managed add-on that the catalogue knows.{known}')
    return tuple(_addon(context, name, wanted[name]) for name in managed_addons() if name in wanted)


def _addon(context: Context, name: str, addon: Addon) -> ManagedAddon:
    minor = context.instance.settings.kubernetes
    known = addon_settings(name)

    def newest() -> str:
        versions = addon_versions(name, minor)
        if not versions:
            raise Undecidable(("addons", name), f"the catalogue has no version of {name} for Kubernetes {minor}. Give one, or `null`.")
        return versions[-1]

    version = addon.version or context.choose(f"addons.{name}", minor, str, newest)
    return ManagedAddon(
        name=known.eks_name,
        version=version,
        namespace="kube-system",
        after_nodes=known.after_nodes,
        configuration=_joined(known.configuration, addon.configuration),
        service_account=known.service_account,
        policy_arns=known.policy_arns,
    )


def _joined(weak: Any, strong: Any) -> Any:
    """The catalogue's configuration with the user's over it."""
    if isinstance(weak, dict) and isinstance(strong, dict):
        joined = {**weak, **{key: _joined(weak.get(key), value) for key, value in strong.items()}}
        return dict(sorted(joined.items()))
    return weak if strong is None else strong
