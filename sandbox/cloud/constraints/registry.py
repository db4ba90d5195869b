"""Finds the constraints: every module in aws/, gcp/ and shared/ is one.

A constraint module has a docstring (the rule, its documentation link, where its error text comes from), `TYPES` (Pulumi tokens, or ANY),
`PHASES`, and `refusals(request, store)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Final

from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

ANY: Final[tuple[str, ...]] = ("*",)
_FOLDERS: Final = ("shared", "aws", "gcp")


@dataclass(frozen=True)
class Constraint:
    """One constraint. name: as `aws.subnet_range`. rule: its module's docstring."""

    name: str
    rule: str
    types: frozenset[str]
    phases: frozenset[Phase]
    judge: Callable[[Request, StoreView], Iterable[Refusal]]


@cache
def constraints() -> tuple[Constraint, ...]:
    """All constraints, in the order in which they judge: shared ones first, then by name. Raises TypeError for a module that is none."""
    return tuple(_constraint(folder, name) for folder in _FOLDERS for name in _modules(folder))


@cache
def judging(type: str, phase: Phase) -> tuple[Constraint, ...]:
    """The constraints on one type in one phase."""
    return tuple(each for each in constraints() if phase in each.phases and (type in each.types or "*" in each.types))


def module(name: str) -> ModuleType:
    """The module of a constraint by its name, as `aws.subnet_range`."""
    return importlib.import_module(f"{__package__}.{name}")


def _modules(folder: str) -> Iterator[str]:
    package = importlib.import_module(f"{__package__}.{folder}")
    yield from sorted(found.name for found in pkgutil.iter_modules(package.__path__))


def _constraint(folder: str, name: str) -> Constraint:
    found = module(f"{folder}.{name}")
    missing = [part for part in ("__doc__", "TYPES", "PHASES", "refusals") if not getattr(found, part, None)]
    if missing:
        raise TypeError(f"sandbox/cloud/constraints/{folder}/{name}.py is no constraint: it lacks {', '.join(missing)}")
    return Constraint(
        name=f"{folder}.{name}",
        rule=str(found.__doc__),
        types=frozenset(found.TYPES),
        phases=frozenset(found.PHASES),
        judge=found.refusals,
    )
