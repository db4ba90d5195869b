"""A simulated cluster is a real one: it answers where the cloud says, follows its node pools, and comes back after a kill."""

from __future__ import annotations

import ipaddress
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.kubernetes.facts import STAND_IN, value
from sandbox.kubernetes.runtime import binaries, etcd, outside, places, processes, waiting
from sandbox.kubernetes.runtime.api import Api, ApiProblem, Values, path_of
from sandbox.kubernetes.runtime.control_plane import API_SERVER, COMPONENTS, LEASE_SECONDS, NODES
from sandbox.kubernetes.runtime.filling import RETRIED, condition, free_definitions, name_of, unready_nodes
from sandbox.kubernetes.runtime.world import ETCD_SECONDS
from tests.sandbox.clusters_world import REGION, Clusters, open_clusters, pod, uid, until

ZONE = "topology.kubernetes.io/zone"


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    """One cluster, `one`, with a node in each of three zones; tests that end it make their own."""
    made = open_clusters(tmp_path_factory.mktemp("clusters") / "state")
    try:
        made.cluster("one")
        made.group("one", "general")
        yield made
    finally:
        made.close()


def running(clusters: Clusters, name: str) -> dict[str, psutil.Process]:
    """The processes of one cluster by component."""
    return {mark.rpartition(":")[2]: process for mark, process in processes.running(clusters.place(name).folder).items()}


def namespace(api: Api, name: str, **labels: str) -> str:
    prefix = "pod-security.kubernetes.io/"
    metadata = {"name": name, "labels": {prefix + key.replace("_", "-"): value for key, value in labels.items()}}
    api.post("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    until(lambda: exists(api, account), f"the service account of {name}")
    return f"/api/v1/namespaces/{name}"


def exists(api: Api, path: str) -> bool:
    try:
        api.get(path)
    except ApiProblem as problem:
        if problem.status != 404:
            raise
        return False
    return True


def labels(item: Values) -> dict[str, str]:
    found = value(item, "metadata", "labels")
    assert isinstance(found, dict)
    return found


def taints(node: Values) -> list[object]:
    found = value(node, "spec", "taints")
    return found if isinstance(found, list) else []


def nodes(api: Api, group: str = "") -> list[Values]:
    return api.list("Node", labels=f"eks.amazonaws.com/nodegroup={group}" if group else "")


def spec_of(item: Values) -> Values:
    found = item["spec"]
    assert isinstance(found, dict)
    return found


def kill(process: psutil.Process) -> None:
    os.kill(process.pid, signal.SIGKILL)


# --- it answers, on loopback alone ----------------------------------------------------------------------------------------------------


def test_it_answers_at_the_address_and_by_the_authority_that_the_cloud_gives(clusters: Clusters) -> None:
    address = clusters.supervisor.address(uid("one"))
    place = clusters.place("one")
    assert (address.endpoint, address.certificate_authority) == (place.endpoint, place.certificate_authority())
    assert clusters.api("one").get("/version")["gitVersion"] == "v1.35.4"


def test_all_components_run_and_listen_on_loopback_alone(clusters: Clusters) -> None:
    own = running(clusters, "one")
    assert own.keys() == set(COMPONENTS)
    every = [*own.values(), processes.running(places.root(clusters.state))[f"{places.root(clusters.state)}:etcd"]]
    listening = {found.laddr for process in every for found in process.net_connections("inet") if found.status == psutil.CONN_LISTEN}
    assert listening == {(clusters.place("one").address, clusters.place("one").port)}
    assert all(ipaddress.ip_address(address).is_loopback for address, _ in listening)


def test_without_credentials_nobody_gets_in(clusters: Clusters) -> None:
    import http.client
    import ssl

    place = clusters.place("one")
    trusting = ssl.create_default_context(cafile=str(place.ca_file))
    connection = http.client.HTTPSConnection(place.address, place.port, context=trusting, timeout=10)
    connection.request("GET", "/api/v1/namespaces")
    assert connection.getresponse().status == 401
    connection.close()


def test_secrets_are_readable_by_their_owner_alone(clusters: Clusters) -> None:
    folder = clusters.place("one").folder
    secret = [file for file in folder.iterdir() if file.suffix in (".key", ".pem", ".kubeconfig")]
    assert len(secret) == 8 and {file.stat().st_mode & 0o077 for file in secret} == {0}
    assert places.root(clusters.state).stat().st_mode & 0o077 == 0


# --- nodes ----------------------------------------------------------------------------------------------------------------------------


def test_nodes_are_ready_and_what_their_group_says(clusters: Clusters) -> None:
    found = nodes(clusters.api("one"), "general")
    assert {labels(node)[ZONE] for node in found} == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert {labels(node)["topology.k8s.aws/zone-id"] for node in found} == {"euw1-az1", "euw1-az2", "euw1-az3"}
    assert {labels(node)["topology.kubernetes.io/region"] for node in found} == {REGION}
    assert {labels(node)["node.kubernetes.io/instance-type"] for node in found} == {"m7i.xlarge"}
    assert {condition(node, "Ready") for node in found} == {"True"}
    assert {value(node, "status", "capacity", "cpu") for node in found} == {"4"}
    assert {value(node, "status", "allocatable", "cpu") for node in found} == {"3920m"}
    assert {value(node, "status", "capacity", "memory") for node in found} == {str(16 * 2**30)}


def test_a_group_that_grows_shrinks_and_goes_is_followed(clusters: Clusters) -> None:
    api = clusters.api("one")
    group = clusters.group("one", "elastic", count=1)
    first = {name_of(node) for node in nodes(api, "elastic")}
    group = clusters.change(group, scalingConfig={"desiredSize": 3})
    grown = {name_of(node) for node in nodes(api, "elastic")}
    assert len(first) == 1 and len(grown) == 3 and first < grown
    group = clusters.change(group, scalingConfig={"desiredSize": 1})
    assert {name_of(node) for node in nodes(api, "elastic")} == first
    clusters.remove(group)
    assert nodes(api, "elastic") == [] and len(nodes(api, "general")) == 3


def test_labels_and_taints_of_a_group_are_its_nodes(clusters: Clusters) -> None:
    api = clusters.api("one")
    taint = {"key": "CriticalAddonsOnly", "value": "", "effect": "NO_SCHEDULE"}
    group = clusters.group("one", "system", zones="a", count=1, labels={"role": "system"}, taints=[taint])
    (node,) = nodes(api, "system")
    assert labels(node)["role"] == "system"
    assert {"key": "CriticalAddonsOnly", "effect": "NoSchedule"} in taints(node)
    clusters.change(group, labels={"role": "platform"})
    (changed,) = nodes(api, "system")
    assert (labels(changed)["role"], name_of(changed)) == ("platform", name_of(node))
    clusters.remove(group)


def test_a_new_version_of_a_group_comes_on_new_nodes(clusters: Clusters) -> None:
    api = clusters.api("one")
    group = clusters.group("one", "rolling", zones="b", count=1)
    (old,) = nodes(api, "rolling")
    clusters.change(group, releaseVersion="1.35.1-20261120")
    (new,) = nodes(api, "rolling")
    assert name_of(old) != name_of(new) and condition(new, "Ready") == "True"
    clusters.remove(group)


def test_a_node_deleted_by_hand_comes_back_with_the_next_change(clusters: Clusters) -> None:
    api = clusters.api("one")
    lost = name_of(nodes(api, "general")[0])
    api.delete(f"/api/v1/nodes/{lost}")
    clusters.remove(clusters.group("one", "nudge", zones="c", count=1))
    assert lost in {name_of(node) for node in nodes(api, "general")}


# --- what is true in it ---------------------------------------------------------------------------------------------------------------


def test_pod_security_refuses_a_privileged_pod_and_takes_a_plain_one(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = namespace(api, "guarded", enforce="restricted", enforce_version="v1.35")
    with pytest.raises(ApiProblem, match='403 pods "bad" is forbidden: violates PodSecurity "restricted:v1.35"'):
        api.post(f"{path}/pods", pod("bad", privileged=True))
    api.post(f"{path}/pods", pod("good"))
    until(lambda: condition(api.get(f"{path}/pods/good"), "Ready") == "True", "the plain pod")


def test_a_quota_refuses_what_is_over_it(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = namespace(api, "bounded")
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "all"}, "spec": {"hard": {"requests.cpu": "100m"}}}
    api.post(f"{path}/resourcequotas", quota)
    until(lambda: value(api.get(f"{path}/resourcequotas/all"), "status", "used") is not None, "the quota's count")
    api.post(f"{path}/pods", pod("small"))
    with pytest.raises(ApiProblem, match="403 .*exceeded quota: all, requested: requests.cpu=200m, used: requests.cpu=10m"):
        api.post(f"{path}/pods", pod("big", cpu="200m"))


def test_a_job_ends_and_a_pod_that_is_told_so_never_is_ready(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = namespace(api, "working")
    api.post(f"{path}/pods", pod("hung", annotations={"sandbox.fleet/ready": "false"}))
    template = {"spec": {**spec_of(pod("x")), "restartPolicy": "Never"}}
    jobs = "/apis/batch/v1/namespaces/working/jobs"
    api.post(jobs, {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": {"template": template}})
    until(lambda: condition(api.get(f"{jobs}/once"), "Complete") == "True", "the job")
    until(lambda: value(api.get(f"{path}/pods/hung"), "status", "phase") == "Running", "the hung pod")
    assert condition(api.get(f"{path}/pods/hung"), "Ready") == "False"


def test_a_namespace_goes_with_what_is_in_it(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = namespace(api, "passing")
    api.post(f"{path}/pods", pod("some"))
    api.delete(path)
    until(lambda: not exists(api, path), "the namespace's end")


def test_a_node_that_goes_is_drained_as_its_disruption_budgets_allow(clusters: Clusters) -> None:
    api = clusters.api("one")
    namespace(api, "moving")
    group = clusters.group("one", "moving", zones="ab", count=2, labels={"for": "moving"})
    metadata = {"name": "app", "namespace": "moving"}
    template = {"metadata": {"labels": {"app": "app"}}, "spec": {**spec_of(pod("x")), "nodeSelector": {"for": "moving"}}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "app"}}, "template": template}
    api.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})
    budget = {"minAvailable": 1, "selector": {"matchLabels": {"app": "app"}}}
    api.apply({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": budget})
    deployment = "/apis/apps/v1/namespaces/moving/deployments/app"
    until(lambda: value(api.get(deployment), "status", "availableReplicas") == 2, "both replicas")
    old = {name_of(node) for node in nodes(api, "moving")}
    clusters.change(group, releaseVersion="1.35.1-20261120")
    running_on = {value(item, "spec", "nodeName") for item in api.list("Pod", "moving", "app=app", "status.phase=Running")}
    assert running_on and not running_on & old and not {name_of(node) for node in nodes(api, "moving")} & old
    until(lambda: value(api.get(deployment), "status", "availableReplicas") == 2, "both replicas on the new nodes")


# --- what the cloud installs ----------------------------------------------------------------------------------------------------------


def test_an_add_on_becomes_available_follows_its_settings_and_goes(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
    addon = clusters.addon("one", "coredns", '{"replicaCount": 2, "podDisruptionBudget": {"enabled": true, "maxUnavailable": 1}}')
    made = api.get(path)
    assert value(made, "status", "availableReplicas") == 2 and labels(made)[STAND_IN] == "true"
    assert [name_of(item) for item in api.list("PodDisruptionBudget", "kube-system")] == ["coredns"]
    addon = clusters.change(addon, configurationValues='{"replicaCount": 3, "podDisruptionBudget": {"enabled": false}}')
    assert value(api.get(path), "status", "availableReplicas") == 3
    assert api.list("PodDisruptionBudget", "kube-system") == []
    clusters.remove(addon)
    assert not exists(api, path)


def test_an_add_on_changed_by_hand_stays_so_until_the_cloud_changes_it(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = "/apis/apps/v1/namespaces/kube-system/deployments/snapshot-controller"
    addon = clusters.addon("one", "snapshot-controller")
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "snapshot-controller", "namespace": "kube-system"}}
    api.apply({**scaled, "spec": {"replicas": 1}}, manager="somebody")
    clusters.remove(clusters.group("one", "other", zones="c", count=1))
    assert value(api.get(path), "spec", "replicas") == 1
    clusters.change(addon, addonVersion="v2")
    assert value(api.get(path), "spec", "replicas") == 2
    clusters.remove(addon)


def definition(plural: str) -> Values:
    """A kind whose definition stays as long as its finalizer."""
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    spec = {
        "group": "held.example.com",
        "scope": "Cluster",
        "names": {"kind": plural.capitalize(), "plural": plural},
        "versions": [version],
    }
    metadata = {"name": f"{plural}.held.example.com", "finalizers": ["example.com/hold"]}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec}


def test_an_end_of_a_kind_that_the_api_server_gave_up_on_is_tried_again(clusters: Clusters) -> None:
    api = clusters.api("one")
    given_up, ending = definition("things"), definition("others")
    for item in (given_up, ending):
        api.apply(item)
        until(lambda: condition(api.get(path_of(item)), "Established") == "True", "the kind")  # noqa: B023 (else nothing is deleted with it)
        api.delete(path_of(item))
        until(lambda: condition(api.get(path_of(item)), "Terminating", "reason") == "InstanceDeletionCompleted", "its end")  # noqa: B023
    failed = {"type": "Terminating", "status": "True", "reason": "InstanceDeletionFailed", "message": "", "lastTransitionTime": None}
    conditions = [item for item in value(api.get(path_of(given_up)), "status", "conditions") if item["type"] != "Terminating"]  # type: ignore[attr-defined]
    api.apply({**given_up, "spec": None, "status": {"conditions": [*conditions, failed]}}, "status")
    free_definitions(api)
    assert value(api.get(path_of(given_up)), "metadata", "annotations", RETRIED)
    assert not value(api.get(path_of(ending)), "metadata", "annotations", RETRIED)
    for item in (given_up, ending):
        api.apply({**item, "metadata": {"name": value(item, "metadata", "name"), "finalizers": []}})


# --- kills, stops, restarts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_killed_component_comes_back(clusters: Clusters, component: str) -> None:
    killed = running(clusters, "one")[component]
    kill(killed)
    until(lambda: running(clusters, "one").get(component, killed).pid != killed.pid, component)
    until(clusters.api("one").is_ready, "the API server")
    assert len(nodes(clusters.api("one"), "general")) == 3


def test_a_killed_etcd_comes_back_with_everything_in_it(clusters: Clusters) -> None:
    api = clusters.api("one")
    namespace(api, "kept")
    kill(processes.running(places.root(clusters.state))[f"{places.root(clusters.state)}:etcd"])
    until(lambda: etcd.is_healthy(clusters.state), "etcd")
    until(lambda: api.is_ready() and exists(api, "/api/v1/namespaces/kept"), "the API server over the new etcd")


def test_an_etcd_that_is_killed_while_it_starts_is_not_waited_for(clusters: Clusters) -> None:
    mark = f"{places.root(clusters.state)}:etcd"
    killed = processes.running(places.root(clusters.state))[mark]
    for _ in range(2):
        kill(killed)
        until(lambda: processes.running(places.root(clusters.state)).get(mark, killed).pid != killed.pid, "another etcd")  # noqa: B023
        killed = processes.running(places.root(clusters.state))[mark]
    kill(killed)
    again = waiting.until(lambda: etcd.is_healthy(clusters.state), ETCD_SECONDS / 3, threading.Event())
    assert again, "an etcd that ended was waited for"
    until(clusters.api("one").is_ready, "the API server")


def test_a_pod_whose_node_was_silent_is_ready_again(clusters: Clusters) -> None:
    api = clusters.api("one")
    path = f"{namespace(api, 'silenced')}/pods"
    api.post(path, pod("web"))
    until(lambda: condition(api.get(f"{path}/web"), "Ready") == "True", "the pod")
    taken = {"type": "Ready", "status": "False", "reason": "NodeNotReady", "lastTransitionTime": "2026-11-24T00:00:00Z"}
    item = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "silenced"}, "status": {"conditions": [taken]}}
    assert condition(api.apply(item, "status"), "Ready") == "False"
    until(lambda: condition(api.get(f"{path}/web"), "Ready") == "True", "the pod's readiness")


def test_who_plays_the_kubelets_starts_anew_with_the_api_server(clusters: Clusters) -> None:
    """It does not try again what failed while there was none; and it does not wait for its predecessor's leases, of 40 s."""
    before = running(clusters, "one")
    kill(before[API_SERVER])
    until(lambda: running(clusters, "one").get(NODES, before[NODES]).pid != before[NODES].pid, NODES)
    api = clusters.api("one")
    path = f"{namespace(api, 'afterwards')}/pods"
    api.post(path, pod("web"))
    ready = waiting.until(lambda: condition(api.get(f"{path}/web"), "Ready") == "True", LEASE_SECONDS / 2, threading.Event())
    assert ready, "no node took the pod"


def test_a_stopped_cluster_stays_down_over_a_restart_until_it_is_started(clusters: Clusters) -> None:
    clusters.cluster("two")
    place = clusters.place("two")
    outside.stop(clusters.state, "two")
    assert running(clusters, "two") == {} and clusters.api("one").is_ready()
    clusters.restart()
    until(lambda: outside.status(clusters.state, served=True)[0][1].phase == "stopped", "the stopped cluster")
    assert not clusters.api("two").is_ready()
    outside.start(clusters.state, "two", served=True)
    assert clusters.api("two").is_ready() and clusters.place("two") == place


def test_a_restart_moves_nothing_and_starts_what_is_asked_for(clusters: Clusters) -> None:
    before = clusters.supervisor.address(uid("one"))
    namespace(clusters.api("one"), "lasting")
    clusters.restart()
    assert running(clusters, "one") == {}
    assert [item.phase for item in outside.status(clusters.state, served=True)[0] if item.name == "one"] == ["asleep"]
    assert not Api(clusters.place("one")).is_ready()
    assert exists(clusters.api("one"), "/api/v1/namespaces/lasting")
    assert clusters.supervisor.address(uid("one")) == before
    until(lambda: unready_nodes(clusters.api("one"), []) == [] and running(clusters, "one").keys() == set(COMPONENTS), "the cluster")


def test_a_supervisor_that_was_killed_leaves_clusters_that_the_next_one_takes_over(clusters: Clusters) -> None:
    from sandbox.kubernetes.runtime.supervisor import Supervisor

    until(clusters.api("one").is_ready, "the cluster")
    before = {name: process.pid for name, process in running(clusters, "one").items()}
    clusters.supervisor._world.ending.set()  # as a kill: nothing is stopped
    for keeper in clusters.supervisor._keepers.values():
        keeper.thread.join()
    clusters.supervisor._access.close()
    clusters.supervisor._bastion.close()
    clusters.supervisor = Supervisor(clusters.state, clusters.store)
    clusters.supervisor.start()
    clusters.remove(clusters.group("one", "after", zones="a", count=1))
    assert {name: process.pid for name, process in running(clusters, "one").items()} == before


def test_a_deleted_cluster_leaves_no_process_no_folder_and_no_object(clusters: Clusters) -> None:
    stored = clusters.cluster("short")
    namespace(clusters.api("short"), "gone")
    folder, authority = clusters.place("short").folder, clusters.place("short").certificate_authority()
    clusters.remove(stored)
    assert processes.running(folder) == {} and not folder.exists()
    again = clusters.cluster("short")
    assert not exists(clusters.api("short"), "/api/v1/namespaces/gone")
    assert clusters.place("short").certificate_authority() != authority
    clusters.remove(again)


def test_a_cluster_taken_away_behind_the_engines_back_ends(clusters: Clusters) -> None:
    stored = clusters.cluster("stolen")
    folder = clusters.place("stolen").folder
    clusters.store.delete(stored)
    until(lambda: not folder.exists(), "the end of the cluster")
    assert processes.running(folder) == {}


def test_a_minor_that_is_not_built_runs_on_the_nearest_one_and_says_so(clusters: Clusters, monkeypatch: pytest.MonkeyPatch) -> None:
    import toolchain
    from toolchain.tool import Found, Tool

    real = toolchain.locate

    def only_the_default(tool: Tool) -> Found | None:
        return None if tool.version.startswith(("1.34.", "1.36.")) else real(tool)

    monkeypatch.setattr(toolchain, "locate", only_the_default)
    stored = clusters.cluster("ahead", version="1.36")
    (found,) = [item for item in outside.status(clusters.state, served=True)[0] if item.name == "ahead"]
    assert (found.phase, found.minor) == ("ready", "1.35")
    assert found.note.startswith("runs 1.35, as 1.36 is not built (python -m toolchain kube-apiserver@1.36 ")
    clusters.remove(stored)


def test_an_upgrade_moves_the_control_plane_to_the_binaries_of_the_new_minor(
    clusters: Clusters, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = binaries.for_minor

    def linked(minor: str) -> binaries.Binaries:
        """Every minor has binaries of its own: links, so that none has to be built for this."""
        folder = tmp_path / minor
        folder.mkdir(exist_ok=True)
        for name, path in real("1.35").paths.items():
            if not (folder / name).exists():
                (folder / name).symlink_to(path)
        return binaries.Binaries(minor, minor, {name: folder / name for name in real("1.35").paths})

    monkeypatch.setattr(binaries, "for_minor", linked)
    stored = clusters.cluster("rising")
    namespace(clusters.api("rising"), "lasting")
    before = running(clusters, "rising")
    stored = clusters.change(stored, version="1.36")
    after = running(clusters, "rising")
    assert {process.cmdline()[0] for process in after.values()} == {str(tmp_path / "1.36" / name) for name in COMPONENTS}
    assert not any(processes.is_alive(process) for process in before.values())
    assert exists(clusters.api("rising"), "/api/v1/namespaces/lasting")
    clusters.remove(stored)


def test_what_runs_outside_of_any_supervisor_is_ended_too(tmp_path: Path) -> None:
    made = open_clusters(tmp_path / "state")
    made.cluster("left")
    made.supervisor._world.ending.set()
    for keeper in made.supervisor._keepers.values():
        keeper.thread.join()
    assert API_SERVER in running(made, "left")
    assert outside.stop_all(made.state) == len(COMPONENTS) + 1
    assert processes.running(made.state) == {}
    made.store.close()
