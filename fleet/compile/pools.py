"""Node pools: their machine types from the catalogue, and their names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from fleet.catalog import instance_types, pick_types
from fleet.compile.context import Context, Undecidable
from fleet.compile.settings import Pool
from fleet.spec.suggest import did_you_mean

_TYPES_OF_A_SIZE = 3
_ARCHITECTURE: Literal["amd64"] = "amd64"
"""What a size is looked for in unless the pool says otherwise."""


def machine_types(context: Context, name: str, pool: Pool, zones: Sequence[str]) -> tuple[str, ...]:
    """The pool's machine types, most wanted first. Raises Undecidable when it names none, an unknown one, or nothing fits its size."""
    cloud = context.instance.subject.cloud
    at = ("nodePools", name)
    if pool.types is not None:
        return _named(getattr(pool.types, cloud), cloud, pool.architecture, (*at, "types"))
    if pool.size is None:
        raise Undecidable(at, f'pool "{name}" has neither `size` nor `types`. Give one of them.')
    wanted = [pool.size.vcpu, pool.size.memory_gib, pool.architecture or _ARCHITECTURE, list(zones)]
    picked = context.choose(f"nodePools.{name}.types", wanted, tuple[str, ...], lambda: _pick(context, pool, zones))
    if not picked:
        size = f"{pool.size.vcpu} vCPU and {pool.size.memory_gib} GiB ({pool.architecture or _ARCHITECTURE})"
        region = context.instance.subject.region
        raise Undecidable((*at, "size"), f"no machine type of at least {size} is known in all of {', '.join(zones)} of {region}.")
    return picked


def generation(*immutable: object) -> str:
    """Four hex digits of what a pool cannot change in place: another value is another pool, made before the old one goes."""
    return hashlib.sha256(repr(immutable).encode()).hexdigest()[:4]


def _named(types: list[str], cloud: str, wanted: str | None, at: tuple[str, ...]) -> tuple[str, ...]:
    if not types:
        raise Undecidable(at, f"names no types for {cloud}, where this cluster is.")
    known = instance_types(cloud)
    for index, name in enumerate(types):
        if name not in known:
            raise Undecidable(
                (*at, cloud, index), f'"{name}" is not a machine type of {cloud} that the catalogue knows.{did_you_mean(name, known)}'
            )
    architectures = {known[name].architecture for name in types}
    if len(architectures) > 1:
        raise Undecidable((*at, cloud), f"mixes {' and '.join(sorted(architectures))}; the nodes of a pool run the same images.")
    if wanted and architectures != {wanted}:
        raise Undecidable((*at, cloud), f"{types[0]} is {architectures.pop()}, but the pool asks for {wanted}. Remove one of the two.")
    return tuple(types)


def _pick(context: Context, pool: Pool, zones: Sequence[str]) -> tuple[str, ...]:
    subject, size = context.instance.subject, pool.size
    assert size is not None
    return pick_types(
        subject.cloud, size.vcpu, size.memory_gib, pool.architecture or _ARCHITECTURE, subject.region, zones, _TYPES_OF_A_SIZE
    )
