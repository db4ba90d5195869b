"""What a rule is: something a cloud or Kubernetes would refuse, or that cannot work, told before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from fleet.blueprint.model import AwsSlot, Cluster, GcpSlot, Network
from fleet.rules.context import Context

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Violation:
    """One place that breaks a rule.

    message: what is wrong, why, and what to do. subject: the cluster it is about, empty where it is about the spec as a whole.
    path: inside the resolved settings of the subject (`("nodePools", "general", "max")`), else inside the spec.
    blueprint_path: inside the blueprint, where stacks are left out and lists are walked by name; empty where it has no such place.
    """

    message: str
    subject: str
    path: Path
    blueprint_path: Path


@dataclass(frozen=True)
class Rule:
    """A rule. id: stable for ever, as `F-NET-003`. severity: `error` stops, `warning` does not. source: where the limit is documented."""

    id: str
    severity: Severity
    title: str
    rationale: str
    source: str
    check: Callable[[Context], Iterable[Violation]]


@dataclass(frozen=True)
class Finding:
    """A violation with the rule it breaks; the other fields are the violation's."""

    rule: str
    severity: Severity
    message: str
    subject: str
    path: Path
    blueprint_path: Path


def on_cluster(cluster: Cluster, path: Path, message: str, blueprint_path: Path | None = None) -> Violation:
    """A violation in one cluster; blueprint_path (inside the cluster) only where the blueprint calls it otherwise than the settings do."""
    return Violation(message, cluster.name, path, ("clusters", cluster.name, *(path if blueprint_path is None else blueprint_path)))


def on_slot(network: Network, slot: AwsSlot | GcpSlot, path: Path, message: str, field: str) -> Violation:
    """A violation in the address space that a cluster has in its network."""
    return Violation(message, slot.cluster, path, ("networks", network.name, "slots", slot.cluster, field))


def on_spec(path: Path, message: str, blueprint_path: Path = ()) -> Violation:
    """A violation that no single cluster decides, such as one in an environment."""
    return Violation(message, "", path, blueprint_path)
