"""The platform's objects on a real API server: it takes each of them, and enforces what they say about the tiers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.rehearsal import Recording
from tests.components.api_server import Answer, ApiServer, path_of, running

USERS = {
    "tina": "fleet:payments:tenant-admin",
    "vera": "fleet:support:viewer",
    "dan": "fleet:dan:developer",
    "ann": "fleet:audit:auditor",
    "olga": "fleet:olga:platform-operator",
    "paula": "fleet:paula:platform-admin",
    "bert": "fleet:sre:break-glass",
}
ORDER = ("PriorityClass", "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "Namespace")
RBAC = "rbac.authorization.k8s.io"
TAKES_EFFECT_SECONDS = 30
POLICIES = "/apis/networking.k8s.io/v1/namespaces/checkout/networkpolicies"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, aws: Recording) -> Iterator[ApiServer]:
    """A server with the platform of the sample, and the tiers that the sample does not give to anybody."""
    with running(tmp_path_factory.mktemp("api"), USERS) as made:
        for item in platform(aws):
            answer = made.apply("deployer", item)
            assert answer.status in (200, 201), f"{item['kind']} {item['metadata']['name']}: {answer.message}"
            assert answer.warnings == (), item["metadata"]["name"]
        bind(made, "RoleBinding", "developer", "fleet:dan:developer")
        bind(made, "ClusterRoleBinding", "platform-operator", "fleet:olga:platform-operator")
        bind(made, "ClusterRoleBinding", "platform-admin", "fleet:paula:platform-admin")
        await_baseline(made)
        yield made


def test_applying_it_again_changes_nothing(server: ApiServer, aws: Recording) -> None:
    for item in platform(aws):
        before = server.ask("deployer", "GET", path_of(item)).body["metadata"]["resourceVersion"]
        assert server.apply("deployer", item).body["metadata"]["resourceVersion"] == before, item["metadata"]["name"]


@pytest.mark.parametrize("user", ["vera", "dan", "tina", "ann", "olga"])
def test_nobody_below_platform_admin_sees_secrets_of_the_whole_cluster(server: ApiServer, user: str) -> None:
    assert server.ask(user, "GET", "/api/v1/secrets").status == 403
    assert server.ask(user, "GET", "/api/v1/namespaces/search/secrets").status == 403


def test_a_developer_sees_the_secrets_of_its_own_namespace_and_a_viewer_does_not(server: ApiServer) -> None:
    assert server.ask("dan", "GET", "/api/v1/namespaces/checkout/secrets").status == 200
    assert server.ask("vera", "GET", "/api/v1/namespaces/checkout/secrets").status == 403


@pytest.mark.parametrize("path", ["/api/v1/pods", "/api/v1/nodes", "/api/v1/namespaces", "/api/v1/namespaces/search/pods"])
def test_a_tenant_reads_its_own_namespace_only(server: ApiServer, path: str) -> None:
    assert [server.ask(user, "GET", path).status for user in ("tina", "dan", "vera")] == [403, 403, 403]
    assert server.ask("vera", "GET", "/api/v1/namespaces/checkout/pods").status == 200


def test_a_tenant_admin_gives_away_what_it_holds_and_no_more(server: ApiServer) -> None:
    assert give(server, "tina", "fleet:viewer").status == 201
    assert give(server, "tina", "fleet:developer").status == 201
    for role in ("fleet:auditor", "fleet:platform-operator", "fleet:break-glass", "cluster-admin"):
        assert "not currently held" in give(server, "tina", role).message, role


def test_a_developer_gives_nothing_away(server: ApiServer) -> None:
    assert give(server, "dan", "fleet:viewer").status == 403


def test_a_platform_admin_makes_nobody_more_than_itself(server: ApiServer) -> None:
    item = binding("ClusterRoleBinding", "of-paula", "cluster-admin", "anybody")
    assert "not currently held" in server.ask("paula", "POST", f"/apis/{RBAC}/v1/clusterrolebindings", item).message


def test_a_platform_admin_does_not_act_as_others(server: ApiServer) -> None:
    review = {"spec": {"resourceAttributes": {"verb": "impersonate", "resource": "groups", "name": "system:masters"}}}
    answer = server.ask("paula", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {**review, **REVIEW})
    assert answer.body["status"]["allowed"] is False


@pytest.mark.parametrize("name", ["fleet-default-deny", "fleet-allow-dns", "fleet-allow-pod-identity"])
def test_a_tenant_admin_cannot_take_the_network_policies_away(server: ApiServer, name: str) -> None:
    assert "fleet.yaml" in server.ask("tina", "DELETE", f"{POLICIES}/{name}").message


def test_a_tenant_admin_cannot_take_the_mark_off_a_network_policy(server: ApiServer) -> None:
    unmarked = {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}}
    answer = server.ask("tina", "PATCH", f"{POLICIES}/fleet-default-deny", unmarked, "application/merge-patch+json")
    assert (answer.status, "fleet.yaml" in answer.message) == (403, True)


def test_a_tenant_admin_cannot_take_all_network_policies_away_at_once(server: ApiServer) -> None:
    assert server.ask("tina", "DELETE", POLICIES).status == 403
    names = {policy["metadata"]["name"] for policy in server.ask("tina", "GET", POLICIES).body["items"]}
    assert {"fleet-default-deny", "fleet-allow-dns", "fleet-allow-pod-identity"} <= names


def test_a_tenant_admin_cannot_take_the_bindings_of_others_away(server: ApiServer) -> None:
    path = f"/apis/{RBAC}/v1/namespaces/checkout/rolebindings/fleet:viewer"
    assert "fleet.yaml" in server.ask("tina", "DELETE", path).message


def test_a_tenant_admin_opens_the_network_by_a_policy_of_its_own(server: ApiServer) -> None:
    item = {"metadata": {"name": "within"}, "spec": {"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}}
    assert server.ask("tina", "POST", POLICIES, {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", **item}).status == 201
    assert server.ask("tina", "DELETE", f"{POLICIES}/within").status == 200


@pytest.mark.parametrize("kind", ["resourcequotas", "limitranges"])
def test_a_tenant_admin_changes_neither_quota_nor_limits(server: ApiServer, kind: str) -> None:
    assert server.ask("tina", "DELETE", f"/api/v1/namespaces/checkout/{kind}/fleet").status == 403


def test_an_auditor_reads_who_may_do_what_and_changes_nothing(server: ApiServer) -> None:
    assert server.ask("ann", "GET", f"/apis/{RBAC}/v1/clusterrolebindings").status == 200
    assert server.ask("ann", "DELETE", "/api/v1/namespaces/search").status == 403


def test_an_operator_cordons_nodes_and_starts_nothing(server: ApiServer) -> None:
    cordon = {"spec": {"unschedulable": True}}
    assert server.ask("olga", "PATCH", "/api/v1/nodes/none", cordon, "application/merge-patch+json").status == 404
    assert server.ask("olga", "POST", "/api/v1/namespaces/checkout/pods", {}).status == 403


def test_break_glass_may_change_what_limits_a_team(server: ApiServer, aws: Recording) -> None:
    assert server.ask("bert", "DELETE", f"{POLICIES}/fleet-allow-dns").status == 200
    (item,) = (item for item in platform(aws) if path_of(item) == f"{POLICIES}/fleet-allow-dns")
    assert server.apply("deployer", item).status == 201


# --- making things --------------------------------------------------------------------------------------------------------------------

REVIEW = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}


def platform(recording: Recording) -> list[Mapping[str, Any]]:
    """The objects of a recording but its charts and patches of theirs, whole numbers as such, in an order in which each finds its needs."""
    found = (resource for resource in recording.resources if resource.type.startswith("kubernetes:"))
    made = [resource.inputs for resource in found if not resource.type.endswith("Patch")]
    items: list[Mapping[str, Any]] = [whole(item) for item in made if "metadata" in item]
    return sorted(items, key=lambda item: ORDER.index(item["kind"]) if item["kind"] in ORDER else len(ORDER))


def whole(value: Any) -> Any:
    """The engine's numbers are doubles; the API server wants integers."""
    if isinstance(value, float):
        return int(value)
    if isinstance(value, dict):
        return {key: whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


def binding(kind: str, name: str, role: str, group: str) -> dict[str, Any]:
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": {"name": name, **({"namespace": "checkout"} if kind == "RoleBinding" else {})},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": group}],
    }


def bind(server: ApiServer, kind: str, tier: str, group: str) -> None:
    answer = server.apply("deployer", binding(kind, f"test:{tier}", f"fleet:{tier}", group))
    assert answer.status == 201, answer.message


def give(server: ApiServer, user: str, role: str) -> Answer:
    path = f"/apis/{RBAC}/v1/namespaces/checkout/rolebindings"
    return server.ask(user, "POST", path, binding("RoleBinding", f"{user}-{role}", role, "anybody"))


def await_baseline(server: ApiServer) -> None:
    """The server learns of an admission policy a moment after it was made."""
    ending = time.monotonic() + TAKES_EFFECT_SECONDS
    probe = f"{POLICIES}/fleet-default-deny?dryRun=All"
    while server.ask("tina", "DELETE", probe).status != 403:
        assert time.monotonic() < ending, f"baseline.fleet refuses nothing after {TAKES_EFFECT_SECONDS} s"
        time.sleep(0.2)
