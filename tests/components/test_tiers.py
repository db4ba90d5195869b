"""What each tier of access may do and what it may not, read off the registered cluster roles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.platform.reference import PAGE, render
from components.platform.tiers import IN_A_NAMESPACE
from components.rehearsal import Recording

ROOT = Path(__file__).parents[2]
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
RBAC = "rbac.authorization.k8s.io"
READING = {"get", "list", "watch"}
MORE_RIGHTS = {"*", "escalate", "bind", "impersonate"}
TENANTS = ("tenant-admin", "developer", "viewer")

Right = tuple[str, str, str]
"""API group, resource, verb."""


def test_nobody_but_break_glass_takes_rights_that_it_does_not_hold(aws: Recording) -> None:
    for tier in ("platform-admin", "platform-operator", "auditor", *TENANTS):
        assert not {verb for _, _, verb in rights(aws, tier)} & MORE_RIGHTS, tier


def test_a_viewer_sees_no_secrets(aws: Recording) -> None:
    assert "secrets" not in resources(aws, "viewer")


def test_a_viewer_changes_nothing(aws: Recording) -> None:
    assert verbs(aws, "viewer") == READING


def test_a_developer_gives_no_rights_away(aws: Recording) -> None:
    assert RBAC not in groups(aws, "developer")


def test_a_developer_makes_no_tokens(aws: Recording) -> None:
    assert not {resource for resource in resources(aws, "developer") if "token" in resource}


def test_only_a_tenant_admin_opens_the_network(aws: Recording) -> None:
    opening = ("networking.k8s.io", "networkpolicies", "create")
    assert [tier for tier in TENANTS if opening in rights(aws, tier)] == ["tenant-admin"]


def test_a_tenant_does_not_change_what_bounds_it(aws: Recording) -> None:
    for tier in TENANTS:
        changed = {resource for _, resource, verb in rights(aws, tier) if verb not in READING}
        assert not changed & {"resourcequotas", "limitranges", "namespaces"}, tier


def test_a_tier_of_tenants_may_bind_the_ones_below_it(aws: Recording) -> None:
    """The API lets a role be bound by whoever holds all that is in it."""
    assert rights(aws, "viewer") < rights(aws, "developer") < rights(aws, "tenant-admin")


def test_an_auditor_sees_who_may_do_what(aws: Recording) -> None:
    assert {(RBAC, kind, "list") for kind in ("roles", "rolebindings", "clusterroles", "clusterrolebindings")} <= rights(aws, "auditor")


def test_an_auditor_sees_no_secrets_and_no_logs(aws: Recording) -> None:
    assert not resources(aws, "auditor") & {"secrets", "pods/log"}


def test_an_auditor_changes_nothing(aws: Recording) -> None:
    assert verbs(aws, "auditor") == READING


def test_an_operator_sees_no_secrets_and_gives_no_rights_away(aws: Recording) -> None:
    assert "secrets" not in resources(aws, "platform-operator")
    assert RBAC not in groups(aws, "platform-operator")


def test_an_operator_starts_nothing_of_its_own(aws: Recording) -> None:
    assert {resource for _, resource, verb in rights(aws, "platform-operator") if verb == "create"} == {"pods/eviction"}


def test_an_operator_empties_nodes(aws: Recording) -> None:
    assert ("", "nodes", "patch") in rights(aws, "platform-operator")


def test_a_platform_admin_changes_everything(aws: Recording) -> None:
    changes = {"create", "delete", "deletecollection", "patch", "update"}
    assert verbs(aws, "platform-admin") == READING | changes
    assert ("*", "*", "create") in rights(aws, "platform-admin")


def test_break_glass_may_do_everything(aws: Recording) -> None:
    assert rights(aws, "break-glass") == {("*", "*", "*")}
    assert [rule["nonResourceURLs"] for rule in rules(aws, "break-glass") if "nonResourceURLs" in rule] == [["*"]]


def test_no_tier_names_a_resource_without_a_group_or_verb(aws: Recording) -> None:
    for role in aws.of(ROLE):
        assert all(rule["verbs"] and (rule.get("resources") or rule.get("nonResourceURLs")) for rule in role.inputs["rules"]), role.name


def test_tenants_hold_nothing_outside_of_resources() -> None:
    assert set(TENANTS) == IN_A_NAMESPACE


def test_the_page_of_tiers_is_fresh() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(), "run `python -m components.platform.reference`"


def rules(recording: Recording, tier: str) -> list[Any]:
    found: list[Any] = recording.one(ROLE, f"core-prod-eu-west-1-{tier}").inputs["rules"]
    return found


def rights(recording: Recording, tier: str) -> set[Right]:
    return {
        (group, resource, verb)
        for rule in rules(recording, tier)
        for group in rule.get("apiGroups", ())
        for resource in rule.get("resources", ())
        for verb in rule["verbs"]
    }


def resources(recording: Recording, tier: str) -> set[str]:
    return {resource for _, resource, _ in rights(recording, tier)}


def groups(recording: Recording, tier: str) -> set[str]:
    return {group for group, _, _ in rights(recording, tier)}


def verbs(recording: Recording, tier: str) -> set[str]:
    return {verb for _, _, verb in rights(recording, tier)}
