"""What a reviewer must not overlook whatever the risk says, and what people must do themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.diff.model import ABSENT, Change
from fleet.diff.snapshot import Item

_TIERS = ("viewer", "auditor", "developer", "tenant-admin", "platform-operator", "platform-admin", "break-glass")
"""Weakest first."""


def alarm(change: Change, old: Item | None, new: Item | None) -> str:
    """Why a change belongs at the top of a review; empty for none."""
    if change.path == "endpoint.publicCidrs":
        return _endpoint(change.before, change.after)
    if change.path == "protect" and change.before is True:
        return "protection is taken away"
    if change.path.startswith("access["):
        return _access(change)
    return ""


def _endpoint(before: Any, after: Any) -> str:
    opened = sorted(set(after or ()) - set(before or ()))
    if not opened:
        return ""
    return "opens a public endpoint" if not before else f"opens the public endpoint to {', '.join(opened)}"


def _access(change: Change) -> str:
    if change.before is ABSENT:
        after = change.after
        return f"access grows: {after['team']} becomes {after['tier']}" if isinstance(after, Mapping) else ""
    if change.path.endswith("].tier") and change.after in _TIERS and change.before in _TIERS:
        grows = _TIERS.index(change.after) > _TIERS.index(change.before)
        return f"access grows: {change.before} becomes {change.after}" if grows else ""
    if change.path.endswith("].principal"):
        return "access grows: another principal gets in"
    return ""


def steps(change: Change, old: Item | None, new: Item | None) -> tuple[str, ...]:
    """What must be done by hand before or after the change."""
    if change.object.what == "cluster" and change.path == "" and change.after is ABSENT:
        return (
            f"drain {change.object.name}: move its workloads, volumes and DNS names away",
            "delete its Services of type LoadBalancer, Ingresses and volume claims while their controllers run",
        )
    if change.object.what == "cluster" and change.path == "" and change.before is ABSENT and new is not None:
        return _new_cluster(new)
    if change.path == "kubernetes" and change.object.what == "cluster":
        return ("check workloads against the removed APIs of the new minor", "upgrade nodes and add-ons after the control plane")
    return ()


def _new_cluster(item: Item) -> tuple[str, ...]:
    account = item.data.get("deployer", {}).get("account", "")
    nodes = sum(_most(pool) for pool in item.data.get("nodePools", ()))
    return (f"check the quotas of {account} in {item.object.region}: clusters, addresses, and vCPUs for up to {nodes} nodes",)


def _most(pool: Mapping[str, Any]) -> int:
    return int(pool["max"]) if "max" in pool else sum(int(group["max"]) for group in pool.get("groups", ()))
