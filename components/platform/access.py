"""What each tier may do inside a cluster, as cluster roles of our own, and which groups have a tier: in all of it or in a namespace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.platform.inside import Inside
from components.platform.tiers import TIERS, Rule
from fleet.blueprint.model import GroupTier, Namespace, Platform, Tier

API = "rbac.authorization.k8s.io"


def tiers(inside: Inside, platform: Platform) -> list[pulumi.Resource]:
    """A cluster role for every tier, whoever holds it, and a cluster role binding for every tier of the whole cluster that is held."""
    roles = {tier: _role(inside, tier, rules) for tier, rules in TIERS.items()}
    kind = k8s.rbac.v1.ClusterRoleBinding
    bindings = []
    for tier, groups in _by_tier(platform.access):
        name = inside.owner.logical(tier)
        metadata = inside.metadata(kind, name, role_name(tier))
        options = inside.options_within(None, [roles[tier]])
        bindings.append(kind(name, metadata=metadata, role_ref=_reference(tier), subjects=_subjects(groups), opts=options))
    return [*roles.values(), *bindings]


def team(inside: Inside, namespace: Namespace, made: pulumi.Resource, limits: Sequence[pulumi.Resource]) -> None:
    """A role binding in a namespace for every tier that is held there. limits: what must bind before anybody comes in."""
    kind = k8s.rbac.v1.RoleBinding
    for tier, groups in _by_tier(namespace.access):
        name = inside.owner.logical(namespace.name, tier)
        kind(
            name,
            metadata=inside.metadata(kind, name, role_name(tier), namespace.name),
            role_ref=_reference(tier),
            subjects=_subjects(groups),
            opts=inside.options_within(made, [made, *limits]),
        )


def role_name(tier: Tier) -> str:
    return f"fleet:{tier}"


def _role(inside: Inside, tier: Tier, rules: Sequence[Rule]) -> k8s.rbac.v1.ClusterRole:
    kind = k8s.rbac.v1.ClusterRole
    name = inside.owner.logical(tier)
    metadata = inside.metadata(kind, name, role_name(tier))
    return kind(name, metadata=metadata, rules=[_policy_rule(rule) for rule in rules], opts=inside.options_within(None))


def _policy_rule(rule: Rule) -> Any:
    if rule.urls:
        return {"non_resource_urls": list(rule.urls), "verbs": list(rule.verbs)}
    return {"api_groups": list(rule.groups), "resources": list(rule.resources), "verbs": list(rule.verbs)}


def _by_tier(access: Iterable[GroupTier]) -> list[tuple[Tier, list[str]]]:
    held: dict[Tier, set[str]] = {}
    for one in access:
        held.setdefault(one.tier, set()).add(one.group)
    return [(tier, sorted(groups)) for tier, groups in sorted(held.items())]


def _reference(tier: Tier) -> Any:
    return {"api_group": API, "kind": "ClusterRole", "name": role_name(tier)}


def _subjects(groups: Iterable[str]) -> Any:
    return [{"api_group": API, "kind": "Group", "name": group} for group in groups]
