"""Teams' namespaces: a Pod Security level, a quota with defaults for pods that ask for nothing, a closed network, and the team's rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.base import IdentityEndpoint
from components.platform import access, network_policies
from components.platform.inside import Inside
from fleet.blueprint.model import Namespace, Platform, Quota

TEAM_LABEL = "fleet/team"
OBJECT = "fleet"
"""The name of a namespace's quota and of its limit range."""
REQUESTS = {"cpu": "100m", "memory": "128Mi"}
LIMITS = {"memory": "512Mi"}
"""What a container gets that asks for nothing. No limit of CPU: it would throttle where there is room, and the quota counts requests."""


def build(inside: Inside, platform: Platform, endpoints: Sequence[IdentityEndpoint]) -> None:
    for namespace in platform.namespaces:
        made = namespace_of(inside, namespace.name, namespace.pod_security, platform.minor, {TEAM_LABEL: namespace.team})
        limits = [*_quota(inside, namespace, made), *network_policies.build(inside, namespace, endpoints, made)]
        access.team(inside, namespace, made, limits)


def namespace_of(
    inside: Inside,
    name: str,
    level: Literal["privileged", "baseline", "restricted"],
    minor: str,
    labels: Mapping[str, str] | None = None,
) -> k8s.core.v1.Namespace:
    """A namespace whose Pod Security level does not move with the API server's version.

    It may hold volumes and load balancers, which exist outside the cluster, so it is deleted for itself.
    """
    kind = k8s.core.v1.Namespace
    logical = inside.owner.logical(name)
    metadata = inside.metadata(kind, logical, name, labels={**(labels or {}), **_pod_security(level, minor)})
    return kind(logical, metadata=metadata, opts=inside.options())


def _pod_security(level: str, minor: str) -> dict[str, str]:
    """Restricted is always warned of and audited (Kubernetes documentation, "Pod Security Admission", 2026)."""
    modes = {"enforce": level, "warn": "restricted", "audit": "restricted"}
    levels = {f"pod-security.kubernetes.io/{mode}": value for mode, value in modes.items()}
    return {**levels, **{f"pod-security.kubernetes.io/{mode}-version": minor for mode in modes}}


def _quota(inside: Inside, namespace: Namespace, made: pulumi.Resource) -> list[pulumi.Resource]:
    """A pod without requests would be refused under a quota, so the two come together."""
    quota, limits = k8s.core.v1.ResourceQuota, k8s.core.v1.LimitRange
    name = inside.owner.logical(namespace.name)
    defaults = limits(
        name,
        metadata=inside.metadata(limits, name, OBJECT, namespace.name),
        spec={"limits": [{"type": "Container", "default_request": REQUESTS, "default": LIMITS}]},
        opts=inside.options_within(made, [made]),
    )
    bound = quota(
        name,
        metadata=inside.metadata(quota, name, OBJECT, namespace.name),
        spec={"hard": _hard(namespace.quota)},
        opts=inside.options_within(made, [made, defaults]),
    )
    return [defaults, bound]


def _hard(quota: Quota) -> dict[str, Any]:
    memory = f"{quota.memory_gib}Gi"
    return {"requests.cpu": str(quota.cpu), "requests.memory": memory, "limits.memory": memory, "pods": str(quota.pods)}
