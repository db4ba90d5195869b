"""The kubernetes provider, spoken to as the engine does, before a real API server: what it makes, changes, waits for and takes away."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cloud.request import UNKNOWN, Unknown
from sandbox.kubernetes.facts import value
from sandbox.kubernetes.provider import settings
from sandbox.kubernetes.provider.settings import Surroundings
from tests.sandbox.clusters_world import Clusters, open_clusters, pod
from tests.sandbox.kubernetes_client import Client, Made, Refusal, Values, kubeconfig_of, provider

pytestmark = pytest.mark.xdist_group("kubernetes provider")
NAMESPACE, CONFIG_MAP, SECRET = "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"
QUOTA, SERVICE, CLAIM = "kubernetes:core/v1:ResourceQuota", "kubernetes:core/v1:Service", "kubernetes:core/v1:PersistentVolumeClaim"
DEPLOYMENT, JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"
DEFINITION, WIDGET = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "kubernetes:example.com/v1:Widget"
IN = {"namespace": "shop"}
NEVER_READY = {"sandbox.fleet/ready": "false"}


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
    """An instance for cluster `one`, with the namespace `shop` in it."""
    with provider(clusters.store, kubeconfig_of(clusters, "one")) as made:
        made.create(NAMESPACE, "shop", {"metadata": {"name": "shop"}})
        yield made


def config_map(client: Client, name: str, **data: str) -> Made:
    return client.create(CONFIG_MAP, name, {"metadata": {**IN, "name": name}, "data": data})


def deployment(name: str, *, replicas: int = 1, cpu: str = "10m", ready: bool = True, image: str = "stand-in/app:1") -> Values:
    labels = {"app": name}
    spec = {**pod("", cpu=cpu)["spec"]}  # type: ignore[dict-item]
    spec["containers"] = [{**spec["containers"][0], "image": image}]
    template = {"metadata": {"labels": labels, "annotations": {} if ready else NEVER_READY}, "spec": spec}
    return {"metadata": {**IN, "name": name}, "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}}


def by_hand(clusters: Clusters, name: str, replicas: int, manager: str = "somebody") -> None:
    """Scale a Deployment behind the provider's back."""
    item = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {**IN, "name": name}, "spec": {"replicas": replicas}}
    clusters.api("one").apply(item, manager=manager)


def definition(group: str = "example.com") -> Values:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": f"widgets.{group}"}, "spec": spec}


# --- names and places -----------------------------------------------------------------------------------------------------------------


def test_a_nameless_object_gets_a_name_once_and_the_namespace_default(client: Client) -> None:
    made = client.create(CONFIG_MAP, "nameless", {"data": {"a": "1"}})
    assert made.id.startswith("default/nameless-")
    assert client.check(CONFIG_MAP, "nameless", {"data": {"a": "1"}}, made.inputs, seed=b"another") == made.inputs
    assert client.check(CONFIG_MAP, "nameless", {"data": {"a": "1"}}, seed=b"another") != made.inputs
    client.delete(made)


def test_an_object_of_the_whole_cluster_gets_no_namespace(client: Client) -> None:
    checked = client.check(NAMESPACE, "n", {"metadata": {"name": "n", "namespace": "shop"}})
    assert checked["metadata"] == {"name": "n"}


@pytest.mark.parametrize(
    ("type", "inputs", "why"),
    [
        (CONFIG_MAP, {"metadata": {"generateName": "a-"}}, "generateName"),
        ("kubernetes:core/v1:ConfigMapList", {"items": [{"metadata": {"name": "a"}}]}, "a list cannot be created"),
        ("kubernetes:core/v1:ConfigMapPatch", {"data": {"a": "1"}}, "a patch resource needs the name"),
    ],
)
def test_what_server_side_apply_cannot_do_is_refused_at_check(client: Client, type: str, inputs: Values, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        client.check(type, "a", inputs)


# --- making, changing, comparing ------------------------------------------------------------------------------------------------------


def test_what_is_made_shows_no_difference_now_and_no_drift(client: Client) -> None:
    made = config_map(client, "settings", mode="calm")
    assert not client.diff(made, made.inputs).detailedDiff
    assert client.drift(made) == set()
    assert made.outputs["metadata"]["uid"]  # type: ignore[index]
    client.delete(made)
    assert client.read(made) is None


def test_a_key_that_is_left_out_goes_from_the_object(client: Client) -> None:
    made = client.create(
        SERVICE, "web", {"metadata": {**IN, "name": "web", "labels": {"a": "1", "b": "2"}}, "spec": {"ports": [{"port": 80}]}}
    )
    changed = client.update(made, {"metadata": {**IN, "name": "web", "labels": {"a": "1"}}, "spec": {"ports": [{"port": 80}]}})
    assert value(changed.outputs, "metadata", "labels") == {"a": "1"}
    client.delete(changed)


def test_equal_quantities_and_a_secrets_text_are_no_drift(client: Client) -> None:
    quota = client.create(QUOTA, "much", {"metadata": {**IN, "name": "much"}, "spec": {"hard": {"requests.cpu": "40000m", "pods": 200}}})
    secret = client.create(SECRET, "word", {"metadata": {**IN, "name": "word"}, "stringData": {"word": "open sesame"}})
    assert client.drift(quota) == client.drift(secret) == set()
    client.delete(quota)
    client.delete(secret)


def test_edits_behind_its_back_are_drift(client: Client, clusters: Clusters) -> None:
    made = client.create(DEPLOYMENT, "scaled", deployment("scaled"))
    by_hand(clusters, "scaled", 0)
    assert client.drift(made) == {"spec.replicas"}
    client.delete(made)


FIXED = {**IN, "name": "fixed"}
SELECTED = deployment("fixed")


@pytest.mark.parametrize(
    ("type", "old", "new", "replaces", "first"),
    [
        (CONFIG_MAP, {"metadata": FIXED, "data": {"a": "1"}}, {"metadata": FIXED, "data": {"a": "2"}}, ["data"], True),
        (CONFIG_MAP, {"data": {"a": "1"}}, {"data": {"a": "2"}}, ["data"], False),
        (CONFIG_MAP, {"metadata": FIXED}, {"metadata": {**IN, "name": "other"}}, ["metadata"], False),
        (CONFIG_MAP, {"metadata": FIXED}, {"metadata": {"namespace": "default", "name": "fixed"}}, ["metadata"], False),
        (CONFIG_MAP, {"metadata": FIXED}, {"metadata": {**FIXED, "labels": {"a": "1"}}}, [], False),
        (
            SERVICE,
            {"metadata": FIXED, "spec": {"clusterIP": "172.20.9.9"}},
            {"metadata": FIXED, "spec": {"clusterIP": "172.20.9.8"}},
            ["spec"],
            True,
        ),
        (DEPLOYMENT, SELECTED, {**SELECTED, "spec": {**SELECTED["spec"], "selector": {"matchLabels": {"app": "x"}}}}, ["spec"], True),  # type: ignore[dict-item]
        (DEPLOYMENT, SELECTED, {**SELECTED, "spec": {**SELECTED["spec"], "replicas": 3}}, [], False),  # type: ignore[dict-item]
        (JOB, {"metadata": FIXED, "spec": {"template": {"a": 1}}}, {"metadata": FIXED, "spec": {"template": {"a": 2}}}, ["spec"], True),
        (
            CLAIM,
            {"metadata": FIXED, "spec": {"storageClassName": "fast"}},
            {"metadata": FIXED, "spec": {"storageClassName": "slow"}},
            ["spec"],
            True,
        ),
    ],
)
def test_what_cannot_change_replaces_and_goes_first_where_the_name_stays(
    client: Client, type: str, old: Values, new: Values, replaces: list[str], first: bool
) -> None:
    checked = client.check(type, "it", old)
    found = client.diff(Made(type, "it", "shop/fixed", checked, {}), new)
    assert (list(found.replaces), found.deleteBeforeReplace) == (replaces, first)
    assert found.changes == found.DIFF_SOME


def test_another_version_of_the_same_group_changes_in_place(client: Client) -> None:
    checked = client.check("kubernetes:autoscaling/v1:HorizontalPodAutoscaler", "it", {"metadata": FIXED})
    news = client.check("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "it", {"metadata": FIXED}, checked)
    assert list(client.diff_checked(Made("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "it", "", checked, {}), news).replaces) == []


def test_a_patch_owns_its_fields_and_gives_them_up(client: Client) -> None:
    labels = {"metadata": {"name": "kube-public", "labels": {"ours": "yes"}}}
    made = client.create("kubernetes:core/v1:NamespacePatch", "labels", labels)
    assert value(made.outputs, "metadata", "labels", "ours") == "yes"
    client.delete(made)
    live = client.read_id(NAMESPACE, "public", "kube-public")
    assert live is not None
    assert value(live.outputs, "metadata", "labels", "ours") is None


def test_an_import_takes_all_but_what_is_the_servers_own(client: Client) -> None:
    made = config_map(client, "found", a="1")
    found = client.read_id(CONFIG_MAP, "found", "shop/found")
    assert found is not None
    assert found.inputs == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**IN, "name": "found"}, "data": {"a": "1"}}
    client.delete(made)


# --- previews -------------------------------------------------------------------------------------------------------------------------


def test_a_preview_says_what_is_known_and_makes_nothing(client: Client) -> None:
    seen = client.preview(SERVICE, "web", {"metadata": {**IN, "name": "seen"}, "spec": {"ports": [{"port": 80}]}})
    assert value(seen, "metadata", "name") == "seen"
    assert isinstance(value(seen, "metadata", "uid"), Unknown)
    assert client.read_id(SERVICE, "web", "shop/seen") is None


def test_a_preview_shows_what_the_api_server_would_refuse(client: Client) -> None:
    with pytest.raises(Refusal, match=r"cluster one: Deployment shop/odd would not be taken: .*`selector` does not match template"):
        client.preview(
            DEPLOYMENT, "odd", {**deployment("odd"), "spec": {**deployment("odd")["spec"], "selector": {"matchLabels": {"app": "x"}}}}
        )  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("type", "inputs"),
    [
        (CONFIG_MAP, {"metadata": {"name": "a", "namespace": "still-to-come"}}),
        (WIDGET, {"metadata": {**IN, "name": "a"}, "spec": {"size": 9}}),
    ],
)
def test_a_preview_takes_what_needs_a_namespace_or_a_kind_that_is_still_to_come(client: Client, type: str, inputs: Values) -> None:
    assert client.preview(type, "a", inputs)["metadata"] == inputs["metadata"]


def test_a_preview_of_a_change_keeps_what_stays(client: Client) -> None:
    made = client.create(SERVICE, "kept", {"metadata": {**IN, "name": "kept"}, "spec": {"ports": [{"port": 80}]}})
    seen = client.update(made, {"metadata": {**IN, "name": "kept", "labels": {"a": "1"}}, "spec": {"ports": [{"port": 80}]}}, preview=True)
    assert value(seen.outputs, "spec", "clusterIP") == value(made.outputs, "spec", "clusterIP")
    assert value(seen.outputs, "metadata", "labels") == {"a": "1"}
    client.delete(made)


def test_unknown_inputs_are_not_sent_at_a_preview(client: Client) -> None:
    seen = client.preview(CONFIG_MAP, "later", {"metadata": {**IN, "name": "later"}, "data": {"a": UNKNOWN}})
    assert isinstance(value(seen, "data", "a"), Unknown)


# --- whose it is ----------------------------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_is_refused_at_preview_and_update_with_its_owner(client: Client, clusters: Clusters) -> None:
    metadata = {**IN, "name": "taken"}
    clusters.api("one").post(
        "/api/v1/namespaces/shop/configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}}
    )
    for act in (client.preview, client.create):
        with pytest.raises(Refusal, match=r"cluster one: ConfigMap shop/taken .*already exists.*not this stack's: .*Import it"):
            act(CONFIG_MAP, "taken", {"metadata": metadata, "data": {"a": "2"}})


def test_a_field_that_others_own_is_a_conflict_until_it_is_taken_by_force(client: Client, clusters: Clusters) -> None:
    made = client.create(DEPLOYMENT, "shared", deployment("shared"))
    by_hand(clusters, "shared", 0, "autoscaler")
    wanted = deployment("shared", replicas=2)
    for preview in (True, False):
        with pytest.raises(
            Refusal, match=r'cluster one: Deployment shop/shared .*conflict with "autoscaler".*Others own .spec.replicas.*patchForce'
        ):
            client.update(made, wanted, preview=preview)
    forced = {**wanted, "metadata": {**IN, "name": "shared", "annotations": {"pulumi.com/patchForce": "true"}}}
    made = client.update(made, forced)
    assert value(made.outputs, "spec", "replicas") == 2
    client.delete(made)


def test_a_field_that_is_ignored_stays_with_its_owner(client: Client, clusters: Clusters) -> None:
    made = client.create(DEPLOYMENT, "ignored", deployment("ignored"))
    made = client.update(made, deployment("ignored", image="stand-in/app:2"))
    by_hand(clusters, "ignored", 2)
    made = client.update(made, deployment("ignored", image="stand-in/app:3"), ignore=("spec.replicas",))
    assert value(made.outputs, "spec", "replicas") == 2
    client.delete(made)


# --- waiting --------------------------------------------------------------------------------------------------------------------------


def test_a_deployment_is_waited_for_until_its_pods_are_there(client: Client) -> None:
    made = client.create(DEPLOYMENT, "ready", deployment("ready", replicas=2))
    assert value(made.outputs, "status", "availableReplicas") == 2
    client.delete(made)


def test_a_deployment_that_never_comes_up_says_why_while_and_after_it_is_waited_for(client: Client) -> None:
    made = client.create(DEPLOYMENT, "huge", deployment("huge", cpu="500"), seconds=4)
    text = "\n".join(made.unready)
    assert "cluster one: Deployment shop/huge is not ready after 4 s: still waiting for available replicas: 0 of 1" in text
    assert "Insufficient cpu" in text
    assert "kubectl describe" in text
    assert any("Deployment shop/huge in cluster one: waiting for available replicas: 0 of 1" in said for said in client.log.statuses)
    found = client.read(made)
    assert found is not None and "available replicas: 0 of 1" in found.unready[0]
    mended = client.update(made, deployment("huge"))
    assert mended.unready == ()
    client.delete(mended)


def test_nobody_waits_for_what_is_annotated_so(client: Client) -> None:
    wanted = deployment("skipped", ready=False)
    made = client.create(
        DEPLOYMENT, "skipped", {**wanted, "metadata": {**IN, "name": "skipped", "annotations": {"pulumi.com/skipAwait": "true"}}}
    )
    assert made.unready == ()
    client.delete(made)


def test_a_jobs_pods_are_waited_for(client: Client) -> None:
    spec = {**pod("")["spec"], "restartPolicy": "Never"}  # type: ignore[dict-item]
    made = client.create(JOB, "once", {"metadata": {**IN, "name": "once"}, "spec": {"template": {"spec": spec}}})
    assert value(made.outputs, "status", "succeeded") == 1
    client.delete(made)


@pytest.mark.parametrize(
    ("type", "spec", "awaited"),
    [
        (SERVICE, {"type": "LoadBalancer", "ports": [{"port": 80}]}, "an address of a load balancer.*no controller.*skipAwait"),
        (CLAIM, {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}, "a volume: phase Pending"),
    ],
)
def test_what_nothing_in_the_sandbox_will_give_is_said(client: Client, type: str, spec: Values, awaited: str) -> None:
    made = client.create(type, "waiting", {"metadata": {**IN, "name": "waiting"}, "spec": spec}, seconds=1)
    assert re.search(awaited, " ".join(made.unready)), made.unready
    client.delete(made)


def test_a_new_kind_can_be_used_at_once_and_its_rules_hold(client: Client) -> None:
    kind = client.create(DEFINITION, "widgets", definition())
    made = client.create(WIDGET, "widget", {"metadata": {**IN, "name": "widget"}, "spec": {"size": 3}})
    with pytest.raises(Refusal, match="spec.size"):
        client.update(made, {"metadata": {**IN, "name": "widget"}, "spec": {"size": 9}}, preview=True)
    client.delete(made)
    client.delete(kind)


# --- the way to the cluster -----------------------------------------------------------------------------------------------------------

PLUGIN = """#!/bin/sh
echo asked >> "$COUNT"
printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": %s}' "$STATUS"
"""


def with_plugin(clusters: Clusters, command: str, **environment: str) -> str:
    """The kubeconfig of cluster `one` with a program that logs in."""
    document = json.loads(kubeconfig_of(clusters, "one"))
    variables = [{"name": name, "value": text} for name, text in environment.items()]
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": command, "env": variables, "interactiveMode": "Never"}
    document["users"][0]["user"] = {"exec": {**plugin, "installHint": "pip install it"}}
    return json.dumps(document)


def status_of(clusters: Clusters) -> str:
    """The administrator's certificate, as a plugin gives it."""
    user = json.loads(clusters.place("one").admin_kubeconfig.read_text())["users"][0]["user"]
    named = {"clientCertificateData": user["client-certificate-data"], "clientKeyData": user["client-key-data"]}
    return json.dumps({**{key: b64decode(text).decode() for key, text in named.items()}, "expirationTimestamp": "2199-01-01T00:00:00Z"})


def test_a_program_of_the_kubeconfig_logs_in_once(clusters: Clusters, tmp_path: Path) -> None:
    program, count = tmp_path / "log-in", tmp_path / "count"
    program.write_text(PLUGIN)
    program.chmod(0o700)
    text = with_plugin(clusters, "log-in", COUNT=str(count), STATUS=status_of(clusters))
    with provider(clusters.store, text, {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}) as client:
        made = [config_map(client, f"by-plugin-{number}") for number in range(3)]
        for item in made:
            client.delete(item)
    assert count.read_text().count("asked") == 1


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (None, "needs `log-in`, which is not there: pip install it"),
        ("echo no session >&2; exit 3", r"`log-in` gives no credential \(exit 3\): no session"),
    ],
)
def test_a_program_that_cannot_log_in_is_said_with_the_cluster(clusters: Clusters, tmp_path: Path, script: str | None, why: str) -> None:
    if script:
        (tmp_path / "log-in").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "log-in").chmod(0o700)
    with provider(clusters.store, with_plugin(clusters, "log-in"), {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}) as client:
        with pytest.raises(Refusal, match=f"cluster one .*{why}"):
            config_map(client, "never")
        with pytest.raises(Refusal, match=f"cannot be read: cluster one .*{why}"):
            client.read_id(CONFIG_MAP, "never", "shop/never")


def test_a_proxy_of_the_kubeconfig_is_used(clusters: Clusters) -> None:
    document = json.loads(kubeconfig_of(clusters, "one"))
    document["clusters"][0]["cluster"]["proxy-url"] = "http://127.0.0.1:9"
    with (
        provider(clusters.store, json.dumps(document)) as client,
        pytest.raises(Refusal, match="cluster one .*its proxy http://127.0.0.1:9 gives no way there"),
    ):
        client.read_id(NAMESPACE, "shop", "shop")


AROUND = Surroundings({}, Path("/"))


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"clusterIdentifier": "a", "kubeconfig": "{}"}, {"clusterIdentifier": "a", "kubeconfig": "{ }"}, False),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, True),
        ({}, {"clusterIdentifier": "b"}, False),
        ({"kubeconfig": "{}"}, {"kubeconfig": UNKNOWN}, True),
        ({"clusterIdentifier": "a", "kubeconfig": "{}"}, {"clusterIdentifier": "a", "kubeconfig": UNKNOWN}, False),
        ({"enablePatchForce": "true"}, {}, False),
    ],
)
def test_another_cluster_alone_replaces_what_is_in_it(old: Values, new: Values, replaces: bool) -> None:
    assert any(replacing for _, replacing in settings.changes(old, new, AROUND)) is replaces


@pytest.mark.parametrize("name", ["renderYamlToDirectory", "enableServerSideApply"])
def test_options_that_the_sandbox_cannot_honour_are_refused(name: str) -> None:
    assert [item.property for item in settings.refusals({name: "false" if name.startswith("enable") else "out"}, AROUND)] == [name]
