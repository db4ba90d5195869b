"""Helm releases by the real helm and the stand-in charts: installed, changed, found changed, mended, taken away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from sandbox.kubernetes.facts import STAND_IN, value
from sandbox.kubernetes.provider.helm import charts
from sandbox.kubernetes.runtime.api import Api
from tests.sandbox.clusters_world import Clusters, open_clusters, until
from tests.sandbox.kubernetes_client import Client, Made, Refusal, Values, kubeconfig_of, provider

pytestmark = pytest.mark.xdist_group("kubernetes releases")
RELEASE, NAMESPACE = "kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:Namespace"
METRICS = {"chart": "metrics-server", "repositoryOpts": {"repo": "https://kubernetes-sigs.github.io/metrics-server/"}, "version": "3.14.0"}
CERT_MANAGER = {"chart": "oci://quay.io/jetstack/charts/cert-manager", "version": "v1.21.2"}
NEVER_READY = {"podAnnotations": {"sandbox.fleet/ready": "false"}}
SECONDS = 4


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    made = open_clusters(tmp_path_factory.mktemp("clusters") / "state")
    try:
        made.cluster("one")
        made.group("one", "general")
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def client(clusters: Clusters) -> Iterator[Client]:
    with provider(clusters.store, kubeconfig_of(clusters, "one")) as made:
        for name in ("addons", "cert-manager"):
            labels = {"pod-security.kubernetes.io/enforce": "restricted"}
            made.create(NAMESPACE, name, {"metadata": {"name": name, "labels": labels}})
        yield made


@pytest.fixture
def api(clusters: Clusters) -> Api:
    return clusters.api("one")


def metrics(values: Values | None = None, **more: object) -> dict[str, object]:
    return {**METRICS, "name": "metrics-server", "namespace": "addons", "values": values or {"replicas": 1}, "timeout": 60, **more}


def deployment(api: Api, name: str = "metrics-server", namespace: str = "addons") -> Mapping[str, object]:
    return api.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")


def names(api: Api, path: str) -> set[str]:
    items = api.get(path)["items"]
    assert isinstance(items, list)
    return {str(value(item, "metadata", "name")) for item in items}


@pytest.fixture
def installed(client: Client) -> Iterator[Made]:
    made = client.create(RELEASE, "metrics", metrics({"replicas": 2, "podDisruptionBudget": {"enabled": True, "minAvailable": 1}}))
    yield made
    client.delete(made)


def test_an_installed_chart_is_available_and_labelled_as_a_stand_in(client: Client, api: Api, installed: Made) -> None:
    assert installed.id == "addons/metrics-server"
    assert value(deployment(api), "status", "availableReplicas") == 2
    assert value(deployment(api), "metadata", "labels", STAND_IN) == "true"
    assert names(api, "/apis/policy/v1/namespaces/addons/poddisruptionbudgets") == {"metrics-server"}
    assert value(installed.outputs, "status", "status") == "deployed"
    assert value(installed.outputs, "resourceNames", "Deployment.apps/apps/v1") == ["addons/metrics-server"]


def test_nothing_differs_afterwards_now_or_at_a_refresh(client: Client, installed: Made) -> None:
    assert not client.diff(installed, installed.inputs).detailedDiff
    assert client.drift(installed) == set()


def test_values_change_in_place_and_a_name_does_not(client: Client, api: Api, installed: Made) -> None:
    changed = metrics({"replicas": 3})
    assert list(client.diff(installed, changed).replaces) == []
    made = client.update(installed, changed)
    assert value(made.outputs, "status", "revision") == 2
    assert value(deployment(api), "status", "availableReplicas") == 3
    assert list(client.diff(made, {**changed, "name": "other"}).replaces) == ["name"]


def test_what_somebody_did_with_helm_is_drift(client: Client, clusters: Clusters, installed: Made) -> None:
    with provider(clusters.store, kubeconfig_of(clusters, "one")) as somebody:
        somebody.update(installed, metrics({"replicas": 1}))
    assert client.drift(installed) == {"values.podDisruptionBudget", "values.replicas"}


def test_what_somebody_scaled_is_not_seen_as_the_official_provider_does_not(client: Client, api: Api, installed: Made) -> None:
    where = {"name": "metrics-server", "namespace": "addons"}
    api.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": where, "spec": {"replicas": 0}})
    found = client.read(installed)
    assert found is not None and found.unready == () and client.drift(installed) == set()


def test_an_import_takes_what_the_release_says_of_itself(client: Client, installed: Made) -> None:
    found = client.read_id(RELEASE, "metrics", "addons/metrics-server")
    assert found is not None
    assert found.inputs["version"] == "3.14.0"
    assert found.inputs["values"] == installed.inputs["values"]


def test_a_name_in_use_is_refused(client: Client, installed: Made) -> None:
    with pytest.raises(Refusal, match="cluster one: Helm release addons/metrics-server: cannot re-use a name that is still in use"):
        client.create(RELEASE, "another", metrics())


def test_a_release_that_is_uninstalled_leaves_nothing(client: Client, api: Api) -> None:
    values = {"crds": {"enabled": True, "keep": False}, "replicaCount": 2}
    made = client.create(RELEASE, "certificates", {**CERT_MANAGER, "name": "cert-manager", "namespace": "cert-manager", "values": values})
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert "certificates.cert-manager.io" in names(api, definitions)
    client.delete(made)
    assert client.read(made) is None
    assert names(api, definitions) == names(api, "/apis/apps/v1/namespaces/cert-manager/deployments") == set()


# --- what goes wrong ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({**METRICS, "chart": "unheard-of"}, 'chart "unheard-of" not found in https://kubernetes-sigs'),
        ({**METRICS, "version": "9.9.9"}, 'chart "metrics-server" version "9.9.9" not found .* catalogue has .*3.14.0'),
        ({"chart": "./nowhere"}, "holds no chart"),
        ({**METRICS, "postrender": "./filter"}, "postrender cannot be rehearsed"),
    ],
)
def test_a_chart_that_cannot_be_had_is_refused_at_check(client: Client, inputs: Values, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        client.check(RELEASE, "it", {"name": "it", "namespace": "addons", **inputs})


def test_a_chart_that_never_becomes_ready_is_taken_back_and_says_what_it_waited_for(client: Client, api: Api) -> None:
    with pytest.raises(Refusal) as refused:
        client.create(RELEASE, "metrics", metrics(NEVER_READY, atomic=True, timeout=SECONDS))
    text = str(refused.value)
    assert "cluster one: Helm release addons/metrics-server (chart metrics-server 3.14.0) was not installed" in text
    assert f"Helm waited up to {SECONDS} s for: Deployment is not ready: addons/metrics-server. 0 out of 1 expected pods are ready" in text
    assert "kubectl get pods" in text
    assert names(api, "/apis/apps/v1/namespaces/addons/deployments") == set()
    assert any("helm in cluster one: Deployment is not ready" in said for said in client.log.statuses)


def test_without_atomic_it_stays_with_the_reasons_and_the_next_update_mends_it(client: Client, api: Api) -> None:
    made = client.create(RELEASE, "metrics", metrics(NEVER_READY, timeout=SECONDS))
    assert "0 out of 1 expected pods are ready" in made.unready[0]
    found = client.read(made)
    assert found is not None and "is failed" in found.unready[0]
    mended = client.update(made, metrics())
    assert mended.unready == () and value(deployment(api), "status", "availableReplicas") == 1
    client.delete(mended)


def test_a_quota_that_refuses_an_add_on_is_cited(client: Client) -> None:
    hard = {"spec": {"hard": {"pods": "0"}}}
    quota = client.create("kubernetes:core/v1:ResourceQuota", "none", {"metadata": {"name": "none", "namespace": "addons"}, **hard})
    with pytest.raises(Refusal, match="cluster one: Helm release addons/metrics-server .*exceeded quota: none, requested: pods=1"):
        client.create(RELEASE, "metrics", metrics(atomic=True, timeout=SECONDS))
    client.delete(quota)
    client.delete(client.create(RELEASE, "metrics", metrics(atomic=True)))


@pytest.mark.parametrize("first", [True, False], ids=["install", "upgrade"])
def test_what_a_killed_helm_left_pending_is_cleared_away_by_the_next_run(client: Client, clusters: Clusters, api: Api, first: bool) -> None:
    made = None if first else client.create(RELEASE, "metrics", metrics())
    wanted = metrics(NEVER_READY, timeout=300)
    failures: list[Refusal] = []

    def run(other: Client) -> None:
        try:
            other.create(RELEASE, "metrics", wanted) if made is None else other.update(made, wanted)
        except Refusal as refusal:
            failures.append(refusal)

    with provider(clusters.store, kubeconfig_of(clusters, "one")) as killed:
        thread = threading.Thread(target=run, args=(killed,))
        thread.start()
        until(lambda: bool(helms()) and has_begun(api), "helm at work")
        for process in helms():
            process.kill()
    thread.join()
    mended = client.create(RELEASE, "metrics", metrics()) if made is None else client.update(made, metrics({"replicas": 2}))
    assert mended.unready == ()
    assert value(deployment(api), "status", "availableReplicas") == (1 if first else 2)
    assert any("is pending-" in said and "since a run that was killed" in said for said in client.log.warnings)
    client.delete(mended)


def has_begun(api: Api) -> bool:
    """Whether the Deployment that never becomes ready is there."""
    if "metrics-server" not in names(api, "/apis/apps/v1/namespaces/addons/deployments"):
        return False
    return value(deployment(api), "spec", "template", "metadata", "annotations") is not None


def helms() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.name() == "helm"]


# --- charts ---------------------------------------------------------------------------------------------------------------------------


def test_the_newest_version_is_taken_where_none_is_said_and_a_v_does_not_matter() -> None:
    repository = METRICS["repositoryOpts"]["repo"]  # type: ignore[index]
    assert charts.find(repository, "metrics-server", "", Path("/")).version == "3.14.0"
    address = str(CERT_MANAGER["chart"])
    assert charts.find("", address, "1.21.2", Path("/")) == charts.find("", address, "v1.21.2", Path("/"))
