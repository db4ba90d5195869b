"""Two real API servers under the real engine: filled, unchanged, refreshed, edited behind its back, one stopped, emptied in order."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from sandbox.cloud.daemon import daemon_status
from sandbox.cloud.faults import Fault, arm, armed
from sandbox.kubernetes.facts import value
from sandbox.kubernetes.runtime import outside, processes
from sandbox.kubernetes.runtime.api import Api
from sandbox.kubernetes.runtime.control_plane import API_SERVER
from tests.sandbox.clusters_world import until
from tests.sandbox.kubernetes_engine import PASSWORD, World, open_world

NAMES = ("one", "two")
MEMORY_MIB = 120.0
QUOTA = "/api/v1/namespaces/shop/resourcequotas/fleet"
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), NAMES) as found:
        found.pulumi("up", "--yes", "--skip-preview")
        yield found


def test_what_is_made_is_there_and_a_second_preview_shows_no_changes(world: World) -> None:
    for name in NAMES:
        assert value(world.api(name).get(WEB), "status", "availableReplicas") == 2
        assert value(world.api(name).get("/apis/cert-manager.io/v1/clusterissuers/selfsigned"), "kind") == "ClusterIssuer"
    world.pulumi("preview", "--expect-no-changes")


def test_a_refresh_and_a_preview_after_it_show_no_changes(world: World) -> None:
    world.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    world.pulumi("preview", "--expect-no-changes")


def test_no_secret_lies_in_the_state(world: World) -> None:
    assert PASSWORD not in world.pulumi("stack", "export")


def test_the_daemon_stays_small(world: World) -> None:
    running = daemon_status(world.state)
    assert running is not None
    assert running.rss_mib <= MEMORY_MIB


def test_a_refresh_finds_edits_made_behind_its_back_and_the_next_up_repairs_them(world: World) -> None:
    api = world.api("one")
    world.kubectl("one", "patch", "resourcequota", "fleet", "--patch", '{"spec": {"hard": {"pods": "7"}}}')
    world.kubectl("one", "delete", "networkpolicy", "closed")
    world.kubectl("one", "scale", "deployment", "web", "--replicas=1")
    found = world.steps("--refresh")
    assert found == {"one-quota": "update", "one-closed": "create", "one-web": "update"}
    world.pulumi("up", "--yes", "--refresh", "--skip-preview")
    assert value(api.get(QUOTA), "spec", "hard", "pods") == "200"
    assert value(api.get(WEB), "status", "availableReplicas") == 2
    assert api.get("/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/closed")
    world.pulumi("preview", "--refresh", "--expect-no-changes")


def test_a_preview_shows_what_the_api_server_would_refuse(world: World) -> None:
    world.pulumi("config", "set", "size", "9")
    said = world.refused("preview")
    world.pulumi("config", "rm", "size")
    assert "cluster one: Widget shop/widget would not be taken" in said or "cluster two: Widget shop/widget would not be taken" in said
    assert "spec.size" in said


def test_immutable_data_makes_a_new_object_under_a_new_name(world: World) -> None:
    before = _settings(world.api("one"))
    world.pulumi("config", "set", "mode", "storm")
    assert world.steps() == {"one-settings": "replace", "two-settings": "replace"}
    world.pulumi("up", "--yes", "--skip-preview")
    world.pulumi("config", "rm", "mode")
    world.pulumi("up", "--yes", "--skip-preview")
    after = _settings(world.api("one"))
    assert len(after) == len(before) == 1
    assert after != before


def _settings(api: Api) -> set[str]:
    items = api.get("/api/v1/namespaces/shop/configmaps")["items"]
    assert isinstance(items, list)
    return {name for item in items if (name := str(value(item, "metadata", "name"))).startswith("one-settings-")}


# --- one of two clusters fails --------------------------------------------------------------------------------------------------------


@contextmanager
def stopped(world: World) -> Iterator[None]:
    outside.stop(world.state, "two")
    try:
        yield
    finally:
        outside.start(world.state, "two", served=True)


@contextmanager
def hung(world: World) -> Iterator[None]:
    """It accepts connections and answers nothing."""
    folder = world.clusters.place("two").folder
    server = processes.running(folder)[f"{folder}:{API_SERVER}"]
    server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.send_signal(signal.SIGCONT)


@contextmanager
def judged_by_nobody(world: World) -> Iterator[None]:
    """A webhook that must be asked about quotas is down."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["resourcequotas"]}
    hook = {"name": "judge.example.com", "clientConfig": {"url": "https://127.0.0.1:9/"}, "rules": [rule], "failurePolicy": "Fail"}
    item = {"webhooks": [{**hook, "sideEffects": "None", "admissionReviewVersions": ["v1"]}], "metadata": {"name": "judge"}}
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    kind = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    world.api("two").post(path, {**kind, **item})
    until(lambda: world.fails("two", "annotate", "resourcequota", "fleet", "a=b", "--overwrite"), "the webhook")
    try:
        yield
    finally:
        world.api("two").delete(f"{path}/judge")
        until(lambda: not world.fails("two", "annotate", "resourcequota", "fleet", "a-"), "the end of the webhook")


@pytest.mark.parametrize(
    ("fault", "pods", "why"),
    [
        (stopped, "150", "does not answer"),
        (hung, "140", "does not answer"),
        (judged_by_nobody, "130", 'ResourceQuota shop/fleet was not changed: .*failed calling webhook "judge.example.com"'),
    ],
)
def test_a_cluster_that_fails_is_named_and_stops_nothing_else_and_the_next_update_completes(
    world: World, fault: Callable[[World], AbstractContextManager[None]], pods: str, why: str
) -> None:
    with fault(world):
        world.pulumi("config", "set", "pods", pods)
        said = world.refused("up", "--yes", "--skip-preview")
        assert re.search(f"kubernetes:core/v1:ResourceQuota .two-quota.*cluster two.*{why}", said, re.DOTALL), said
        assert value(world.api("one").get(QUOTA), "spec", "hard", "pods") == pods
    world.pulumi("up", "--yes", "--skip-preview")
    assert value(world.api("two").get(QUOTA), "spec", "hard", "pods") == pods
    world.pulumi("preview", "--expect-no-changes")


def test_of_a_cluster_that_does_not_answer_nothing_is_planned_as_deleted(world: World) -> None:
    with stopped(world):
        world.pulumi("preview", "--expect-no-changes")
        world.pulumi("config", "set", "pods", "125")
        assert world.steps() == {"one-quota": "update", "two-quota": "update"}
        assert "cannot be read: cluster two" in world.refused("refresh", "--yes", "--skip-preview")
    assert world.steps() == {"one-quota": "update", "two-quota": "update"}


def test_a_cluster_whose_api_server_dies_in_the_middle_of_an_update_converges(world: World) -> None:
    arm(world.state, Fault("delay", "kubernetes:core/v1:ResourceQuota", "update", seconds=1.0))
    world.pulumi("config", "set", "pods", "120")
    folder = world.clusters.place("two").folder

    def kill() -> None:
        until(lambda: armed(world.state) == [], "the update")
        processes.running(folder)[f"{folder}:{API_SERVER}"].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    world.pulumi("up", "--yes", "--skip-preview")
    killer.join()
    assert value(world.api("two").get(QUOTA), "spec", "hard", "pods") == "120"


def test_a_destroy_empties_the_clusters_in_order(world: World) -> None:
    events = [json.loads(line) for line in world.pulumi("destroy", "--yes", "--skip-preview", "--json").splitlines()]
    deleted = [event["resOutputsEvent"]["metadata"]["urn"] for event in events if "resOutputsEvent" in event]
    order = [urn.rpartition("::")[2] for urn in deleted if "kubernetes:" in urn]
    for name in NAMES:
        assert order.index(f"{name}-selfsigned") < order.index(f"{name}-certificates") < order.index(f"{name}-cert-manager")
        assert order.index(f"{name}-web") < order.index(f"{name}-closed") < order.index(f"{name}-shop")
        items = world.api(name).get("/api/v1/namespaces")["items"]
        assert isinstance(items, list)
        assert {value(item, "metadata", "name") for item in items} == {"default", "kube-node-lease", "kube-public", "kube-system"}
