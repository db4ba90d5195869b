"""Node pools of both clouds seen alike: their types, sizes and zones."""

from __future__ import annotations

from typing import Literal

from fleet.blueprint.model import BuiltCluster, EksCluster, EksNodePool, GkeNodePool

NodePool = EksNodePool | GkeNodePool

_SYSTEM_TAINT = "CriticalAddonsOnly"


def cloud_of(cluster: BuiltCluster) -> str:
    """`aws` or `gcp`."""
    return "aws" if isinstance(cluster, EksCluster) else "gcp"


def types_of(pool: NodePool) -> tuple[str, ...]:
    return pool.instance_types if isinstance(pool, EksNodePool) else (pool.machine_type,)


def zones_of(pool: NodePool) -> tuple[str, ...]:
    return tuple(group.zone for group in pool.groups) if isinstance(pool, EksNodePool) else pool.zones


def min_of(pool: NodePool) -> int:
    """Fewest nodes over all zones."""
    return sum(group.min for group in pool.groups) if isinstance(pool, EksNodePool) else pool.min


def max_of(pool: NodePool) -> int:
    """Most nodes over all zones."""
    return sum(group.max for group in pool.groups) if isinstance(pool, EksNodePool) else pool.max


def size_path(pool: NodePool, bound: Literal["min", "max"]) -> tuple[str, ...]:
    """Where the blueprint's cluster holds a pool's size: one for all zones on GKE, one per node group on EKS."""
    return ("nodePools", pool.name, "groups" if isinstance(pool, EksNodePool) else bound)


def is_system(pool: NodePool) -> bool:
    """Whether the pool is kept for what every cluster needs (DNS, controllers): by its name or by the usual taint."""
    return pool.name == "system" or any(taint.key == _SYSTEM_TAINT for taint in pool.taints)


def takes_addons(pool: NodePool) -> bool:
    """Whether add-ons can be scheduled on it: they tolerate the taint of system pools and no other one that keeps pods away."""
    return all(taint.key == _SYSTEM_TAINT or taint.effect == "PreferNoSchedule" for taint in pool.taints)
