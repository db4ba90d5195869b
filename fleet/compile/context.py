"""What the compilers of the cluster kinds share: one instance with its lock, and the reporting of what cannot be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fleet.blueprint.model import Deployer, Taint, TeamAccess
from fleet.compile.instances import Instance
from fleet.compile.settings import Pool
from fleet.compile.settings import Taint as TaintSetting
from fleet.lock.ledger import Ledger
from fleet.lock.model import LockedCluster
from fleet.spec.problem import Path

T = TypeVar("T")


class Undecidable(Exception):
    """A decision the catalogue or the settings do not allow. path: the setting at fault, inside the cluster's settings."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True)
class NamespaceOf:
    """A namespace that one cluster gets: its team's access there, and its settings as the spec has them."""

    name: str
    access: TeamAccess
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """One cluster while it is compiled."""

    instance: Instance
    deployer: Deployer
    protect: bool
    access: tuple[TeamAccess, ...]
    namespaces: tuple[NamespaceOf, ...]
    ledger: Ledger

    @property
    def locked(self) -> LockedCluster:
        """What the lock holds of the cluster."""
        return self.ledger.cluster(self.instance.name)

    def choose(self, key: str, wanted: object, kind: type[T], pick: Callable[[], T]) -> T:
        """A choice from the catalogue, kept in the lock."""
        return self.ledger.choose(self.instance.name, key, wanted, kind, pick)


def taints(pool: Pool) -> tuple[Taint, ...]:
    """A pool's taints by key."""
    return tuple(
        Taint(key=key, value=taint.value, effect=taint.effect)
        if isinstance(taint, TaintSetting)
        else Taint(key=key, value="", effect=taint)
        for key, taint in sorted(pool.taints.items())
    )
