"""What goes wrong between the provider and a real API server: said with the cluster, the object, what was awaited and what to do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sandbox.kubernetes.facts import value
from sandbox.kubernetes.provider import changing, transport
from sandbox.kubernetes.provider.problem import BrokenOff
from sandbox.kubernetes.provider.transport import Answer, Transport
from sandbox.kubernetes.runtime import outside, processes
from sandbox.kubernetes.runtime.control_plane import API_SERVER
from tests.sandbox.clusters_world import Clusters, open_clusters, until
from tests.sandbox.kubernetes_client import Client, Made, Refusal, Values, kubeconfig_of, provider

NAMESPACE, CONFIG_MAP = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ConfigMap"
DEPLOYMENT, WIDGET = "kubernetes:apps/v1:Deployment", "kubernetes:example.com/v1:Widget"
SHOP = {"namespace": "shop"}
NEVER_READY = {"sandbox.fleet/ready": "false"}
READY = ("sandbox.fleet/ready", "true")
HOLD = ["example.com/hold"]


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    made = open_clusters(tmp_path_factory.mktemp("clusters") / "state")
    try:
        made.cluster("one")
        made.group("one", "general")
        with instance(made) as client:
            client.create(NAMESPACE, "shop", {"metadata": {"name": "shop"}})
        yield made
    finally:
        made.close()


@contextmanager
def instance(clusters: Clusters, **arguments: str) -> Iterator[Client]:
    with provider(clusters.store, kubeconfig_of(clusters, "one"), **arguments) as made:
        yield made


@pytest.fixture
def client(clusters: Clusters) -> Iterator[Client]:
    """An instance as one operation of the engine has it."""
    until(clusters.api("one").is_ready, "the cluster")
    with instance(clusters) as made:
        yield made


def config_map(name: str, **more: object) -> Values:
    return {"metadata": {**SHOP, "name": name, **more}, "data": {"a": "1"}}


def hung_deployment(name: str) -> Values:
    """Its pods run and are not ready before somebody says so."""
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels, "annotations": NEVER_READY},
        "spec": {"containers": [{"name": "main", "image": "stand-in/app:1"}]},
    }
    return {"metadata": {**SHOP, "name": name}, "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}}


def api_server(clusters: Clusters) -> psutil.Process:
    found = processes.running(clusters.place("one").folder)
    return next(process for mark, process in found.items() if mark.endswith(f":{API_SERVER}"))


def said(client: Client, type: str, name: str, inputs: Values, seconds: float = 0.0) -> str:
    """The error of a creation that fails."""
    with pytest.raises(Refusal) as refused:
        client.create(type, name, inputs, seconds)
    return str(refused.value)


# --- an API server that dies ----------------------------------------------------------------------------------------------------------


def test_an_api_server_that_dies_while_something_is_awaited_is_awaited_too(client: Client, clusters: Clusters) -> None:
    made: list[Made] = []
    thread = threading.Thread(target=lambda: made.append(client.create(DEPLOYMENT, "slow", hung_deployment("slow"), seconds=90)))
    thread.start()
    until(lambda: any("waiting for available replicas: 0 of 1" in text for text in client.log.statuses), "the wait")
    killed = api_server(clusters)
    killed.kill()
    until(lambda: not processes.is_alive(killed) and clusters.api("one").is_ready(), "another API server")
    for pod in clusters.api("one").list("Pod", "shop", labels="app=slow"):
        clusters.api("one").annotate({**pod, "kind": "Pod"}, *READY)
    thread.join()
    assert made[0].unready == ()
    client.delete(made[0])


def test_an_api_server_that_is_killed_is_waited_for_where_something_is_to_be_changed(client: Client, clusters: Clusters) -> None:
    api_server(clusters).kill()
    made = client.create(CONFIG_MAP, "after", config_map("after"))
    assert made.id == "shop/after"
    client.delete(made)


def test_what_a_broken_off_request_made_is_taken_for_ours_and_what_was_there_is_not(
    client: Client, clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Transport._once
    cut: list[str] = []

    def once(self: Transport, method: str, url: str, body: bytes | None, form: str) -> Answer:
        answer = real(self, method, url, body, form)
        if method == "POST" and not cut:
            cut.append(url)
            raise BrokenOff("cut off")
        return answer

    monkeypatch.setattr(Transport, "_once", once)
    made = client.create(CONFIG_MAP, "cut", config_map("cut"))
    assert cut and made.id == "shop/cut"
    cut.clear()
    monkeypatch.setattr(changing, "CLOCKS", changing.CLOCKS * -2)
    assert "already exists" in said(client, CONFIG_MAP, "cut", config_map("cut"))
    client.delete(made)


def test_an_api_server_that_is_gone_is_named_with_the_object_and_nothing_of_it_is_taken_for_deleted(
    clusters: Clusters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("api", "changing"):
        monkeypatch.setattr(f"sandbox.kubernetes.provider.{module}.REFUSED_SECONDS", 1.0)
    monkeypatch.setattr(changing, "KIND_SECONDS", 1.0)
    url = clusters.place("one").url
    with instance(clusters) as before:
        made = before.create(CONFIG_MAP, "kept", config_map("kept"))
    outside.stop(clusters.state, "one")
    try:
        with instance(clusters) as dead:
            assert f"ConfigMap new: cluster one ({url}) does not answer" in said(dead, CONFIG_MAP, "new", config_map("new"))
            with pytest.raises(Refusal, match="ConfigMap shop/kept cannot be read: cluster one .*PULUMI_K8S_DELETE_UNREACHABLE"):
                dead.read(made)
            with pytest.raises(Refusal, match="ConfigMap shop/kept cannot be deleted: cluster one"):
                dead.delete(made)
            assert dead.preview(CONFIG_MAP, "new", config_map("new"))["data"] == {"a": "1"}
            assert not dead.diff(made, config_map("kept")).detailedDiff
            warnings = [text for text in dead.log.warnings if "What is planned for this cluster is not verified" in text]
            assert len(warnings) == 1
        with instance(clusters, skipUpdateUnreachable="true") as kept:
            found = kept.read(made)
            assert found is not None and found.inputs == made.inputs
        with instance(clusters, deleteUnreachable="true") as forgetful:
            assert forgetful.read(made) is None
    finally:
        outside.start(clusters.state, "one", served=True)
    with instance(clusters) as after:
        assert after.drift(made) == set()
        after.delete(made)


def test_an_api_server_that_hangs_is_waited_for_once_and_not_by_every_object(clusters: Clusters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 1.0)
    with instance(clusters) as client:
        made = client.create(CONFIG_MAP, "hung", config_map("hung"))
        hung = api_server(clusters)
        hung.send_signal(signal.SIGSTOP)
        try:
            text = said(client, CONFIG_MAP, "never", config_map("never"))
            assert "ConfigMap never: cluster one (" in text and "does not answer: POST waited 1 s in vain" in text
            monkeypatch.setattr(transport, "ANSWER_SECONDS", 1000.0)
            with pytest.raises(Refusal, match="cannot be read: cluster one"):
                client.read(made)
        finally:
            hung.send_signal(signal.SIGCONT)
    with instance(clusters) as after:
        after.delete(made)


# --- what the API server is asked for in vain -----------------------------------------------------------------------------------------


def test_a_webhook_that_is_down_is_an_error_at_an_update_and_a_warning_at_a_preview(client: Client, clusters: Clusters) -> None:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    hook = {
        "name": "judge.example.com",
        "clientConfig": {"url": "https://127.0.0.1:9/judge"},
        "rules": [rule],
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
    }
    kind = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
    judge = client.create(kind, "judge", {"metadata": {"name": "judge"}, "webhooks": [hook]})
    failing: list[str] = []

    def is_asked() -> bool:
        """The API server learns of a webhook a moment after it was made."""
        try:
            client.delete(client.create(CONFIG_MAP, "judged", config_map("judged")))
        except Refusal as refused:
            failing[:] = [str(refused)]
        return bool(failing)

    until(is_asked, "the webhook")
    assert "cluster one: ConfigMap shop/judged was not made" in failing[0]
    assert 'failed calling webhook "judge.example.com"' in failing[0]
    assert "Is the webhook's service running?" in failing[0] and "kubectl get validatingwebhookconfigurations" in failing[0]
    assert client.preview(CONFIG_MAP, "judged", config_map("judged"))["data"] == {"a": "1"}
    assert any("judge.example.com" in text and "not verified, and would fail now" in text for text in client.log.warnings)
    client.delete(judge)


def test_a_kind_that_is_missing_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "KIND_SECONDS", 1.0)
    text = said(client, WIDGET, "widget", {"metadata": {**SHOP, "name": "widget"}})
    assert "cluster one: Widget shop/widget: the API server has no kind Widget in example.com/v1 after 1 s" in text
    assert "Is its CustomResourceDefinition, or the chart that brings it, installed, and does the resource depend on it?" in text
    assert any("Widget shop/widget in cluster one: waiting for the kind Widget" in status for status in client.log.statuses)


def test_a_namespace_that_is_missing_is_named(client: Client) -> None:
    text = said(client, CONFIG_MAP, "lost", {"metadata": {"name": "lost", "namespace": "nowhere"}})
    assert 'cluster one: ConfigMap nowhere/lost was not made: namespaces "nowhere" not found' in text
    assert "Make the namespace first" in text


# --- a namespace that does not end ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stuck(client: Client) -> Iterator[Made]:
    """A namespace that is Terminating as long as an object in it has its finalizer."""
    made = client.create(NAMESPACE, "stuck", {"metadata": {"name": "stuck"}})
    held = client.create(CONFIG_MAP, "held", {"metadata": {"name": "held", "namespace": "stuck", "finalizers": HOLD}})
    try:
        with pytest.raises(Refusal) as refused:
            client.delete(made, seconds=1)
        assert "cluster one: Namespace stuck is not gone after 1 s: held by finalizers kubernetes" in str(refused.value)
        assert "the next run waits again" in str(refused.value)
        yield made
    finally:
        let_go(client, held)
        client.delete(made)
    assert client.read(made) is None


def let_go(client: Client, held: Made) -> None:
    if client.read(held) is not None:
        client.update(held, {"metadata": {"name": "held", "namespace": "stuck", "finalizers": []}})


def test_what_holds_a_namespace_is_named(client: Client, stuck: Made) -> None:
    def is_named() -> bool:
        """The namespace controller says it once it has tried."""
        with pytest.raises(Refusal) as refused:
            client.delete(stuck, seconds=1)
        return "example.com/hold in 1 resource instances" in str(refused.value)

    until(is_named, "what the namespace controller says")


def test_nothing_can_be_made_in_a_namespace_that_ends(client: Client, stuck: Made) -> None:
    text = said(client, CONFIG_MAP, "late", {"metadata": {"name": "late", "namespace": "stuck"}})
    assert "ConfigMap stuck/late was not made" in text and "is being terminated" in text
    assert "Wait until the namespace is gone, or see what holds it" in text


def test_a_namespace_that_ends_is_awaited_before_it_is_made_again(client: Client, stuck: Made) -> None:
    text = said(client, NAMESPACE, "stuck", {"metadata": {"name": "stuck"}}, seconds=1)
    assert "Namespace stuck is not gone after 1 s" in text and "It was not made again" in text
    found = client.read(stuck)
    assert found is not None and "it is being deleted" in found.unready[0]


def test_a_namespace_is_made_again_as_soon_as_the_old_one_is_gone(client: Client, stuck: Made) -> None:
    made: list[Made] = []
    thread = threading.Thread(target=lambda: made.append(client.create(NAMESPACE, "stuck", {"metadata": {"name": "stuck"}}, seconds=60)))
    thread.start()
    until(lambda: any("Namespace stuck in cluster one: waiting for its end" in status for status in client.log.statuses), "the wait")
    held = client.read_id(CONFIG_MAP, "held", "stuck/held")
    assert held is not None
    let_go(client, held)
    thread.join()
    assert value(made[0].outputs, "metadata", "uid") != value(stuck.outputs, "metadata", "uid")


def test_a_kubeconfig_that_leads_nowhere_is_said(clusters: Clusters) -> None:
    with provider(clusters.store, str(Path("/nowhere/kubeconfig"))) as client:
        assert "kubeconfig /nowhere/kubeconfig: No such file or directory; give its text or a path" in said(
            client, CONFIG_MAP, "lost", config_map("lost")
        )
