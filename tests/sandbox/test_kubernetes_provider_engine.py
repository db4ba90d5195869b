"""Two real API servers under the real engine: filled, unchanged, refreshed, edited behind its back, one stopped, emptied in order."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sandbox.cloud.daemon import daemon_status
from sandbox.kubernetes.facts import value
from sandbox.kubernetes.runtime import outside
from sandbox.kubernetes.runtime.api import Api
from tests.sandbox.kubernetes_engine import PASSWORD, World, open_world

pytestmark = pytest.mark.xdist_group("kubernetes engine")
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


def test_a_cluster_that_does_not_answer_stops_nothing_else_and_nothing_of_it_is_planned_as_deleted(world: World) -> None:
    url = world.clusters.place("two").url
    outside.stop(world.state, "two")
    try:
        world.pulumi("preview", "--expect-no-changes")
        said = world.refused("refresh", "--yes", "--skip-preview")
        assert "cannot be read: cluster two" in said
        world.pulumi("config", "set", "pods", "150")
        assert world.steps() == {"one-quota": "update", "two-quota": "update"}
        said = world.refused("up", "--yes", "--skip-preview", "--continue-on-error")
        assert f"({url}) does not answer" in said
        assert value(world.api("one").get(QUOTA), "spec", "hard", "pods") == "150"
    finally:
        outside.start(world.state, "two", served=True)
    world.pulumi("up", "--yes", "--skip-preview")
    assert value(world.api("two").get(QUOTA), "spec", "hard", "pods") == "150"
    world.pulumi("preview", "--expect-no-changes")


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
