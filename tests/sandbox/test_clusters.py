"""The platform inside the clusters of dev, as the API servers have it: what is there, that drift is found and repaired, and how it goes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
import yaml
from rehearsal import Rehearsal, events

CLUSTERS = ["core-dev-eu-west-1", "core-dev-europe-west4"]
DEPRECATED = "apiserver_requested_deprecated_apis{"
CERTIFICATES = {"cert-manager/cert-manager", "cert-manager/cert-manager-cainjector", "cert-manager/cert-manager-webhook"}
HIGHLY_AVAILABLE = {CLUSTERS[0]: {*CERTIFICATES, "kube-system/metrics-server"}, CLUSTERS[1]: CERTIFICATES}
"""Deployments of the add-ons that fleet installs; those of the clouds are the clouds' to spread."""


@dataclass(frozen=True)
class Dev:
    """The stack dev, brought up once for all tests here."""

    rehearsal: Rehearsal

    def kubectl(self, cluster: str, *words: str) -> str:
        return self.rehearsal.run("kubectl", "--context", cluster, *words).stdout

    def listed(self, cluster: str, *words: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = json.loads(self.kubectl(cluster, "get", "--output", "json", *words))["items"]
        return items


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("clusters") / "state")
    try:
        rehearsal.sandbox("up")
        yield Dev(rehearsal)
    finally:
        rehearsal.down()


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_the_namespaces_of_the_teams_are_closed_and_bounded(dev: Dev, cluster: str) -> None:
    namespaces = {item["metadata"]["name"]: item["metadata"]["labels"] for item in dev.listed(cluster, "namespaces")}
    for team in ("payments", "analytics"):
        assert namespaces[team]["pod-security.kubernetes.io/enforce"] == "restricted"
        policies = {item["metadata"]["name"] for item in dev.listed(cluster, "networkpolicies", "--namespace", team)}
        assert {"fleet-default-deny", "fleet-allow-dns"} < policies
        assert [item["spec"]["hard"]["pods"] for item in dev.listed(cluster, "resourcequotas", "--namespace", team)] != []


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_highly_available_add_on_has_replicas_over_zones_and_a_budget(dev: Dev, cluster: str) -> None:
    zones = {item["metadata"]["name"]: item["metadata"]["labels"]["topology.kubernetes.io/zone"] for item in dev.listed(cluster, "nodes")}
    budgets = [(item["metadata"]["namespace"], item["spec"]["selector"]["matchLabels"]) for item in dev.listed(cluster, "pdb", "-A")]
    pods = dev.listed(cluster, "pods", "-A")
    deployments = {f"{item['metadata']['namespace']}/{item['metadata']['name']}": item for item in dev.listed(cluster, "deployments", "-A")}
    for name in HIGHLY_AVAILABLE[cluster]:
        space, spec = name.partition("/")[0], deployments[name]["spec"]
        labels = spec["selector"]["matchLabels"]
        own = [pod for pod in pods if pod["metadata"]["namespace"] == space and within(labels, pod["metadata"]["labels"])]
        assert len(own) == spec["replicas"] >= 2, name
        assert len({zones[pod["spec"]["nodeName"]] for pod in own}) == min(len(own), 3), name
        template = spec["template"]["metadata"]["labels"]
        assert any(place == space and within(selector, template) for place, selector in budgets), name


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_what_is_applied_fits_the_schemas_of_the_minor_and_no_api_is_deprecated(dev: Dev, cluster: str) -> None:
    """The server itself reads everything again, strictly; it counts who asked for deprecated APIs."""
    own = (
        "namespaces",
        "resourcequotas",
        "limitranges",
        "networkpolicies",
        "priorityclasses",
        "clusterroles",
        "validatingadmissionpolicies",
    )
    applied = dev.kubectl(cluster, "get", ",".join(own), "-A", "-l", "app.kubernetes.io/managed-by=fleet", "-o", "json")
    rendered = [item for name in ("cert-manager", "metrics-server") for item in manifests(dev, cluster, name)]
    everything = [*json.loads(applied)["items"], *rendered]
    assert len(everything) > 40
    listed = dev.rehearsal.state / "everything.json"
    listed.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": everything}))
    said = dev.rehearsal.run(
        "kubectl",
        "--context",
        cluster,
        "apply",
        "--server-side",
        "--force-conflicts",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        str(listed),
    )
    assert "Warning" not in said.stderr
    metrics = dev.kubectl(cluster, "get", "--raw", "/metrics").splitlines()
    deprecated = [line for line in metrics if line.startswith(DEPRECATED)]
    assert [line for line in deprecated if 'resource="endpoints"' not in line] == [], "but for what Kubernetes' own controllers keep"


def manifests(dev: Dev, cluster: str, release: str) -> list[dict[str, Any]]:
    """What Helm rendered for a release, as the cluster keeps it; nothing where it is not installed."""
    found = dev.rehearsal.run("helm", "--kube-context", cluster, "list", "-A", "-o", "json").stdout
    spaces = {item["name"]: item["namespace"] for item in json.loads(found)}
    if release not in spaces:
        return []
    text = dev.rehearsal.run("helm", "--kube-context", cluster, "get", "manifest", release, "-n", spaces[release]).stdout
    items = [item for item in yaml.safe_load_all(text) if item]
    return [{**item, "metadata": {"namespace": spaces[release], **item["metadata"]}} if namespaced(item) else item for item in items]


def namespaced(item: dict[str, Any]) -> bool:
    return not (item["kind"].startswith("Cluster") or item["kind"] in ("CustomResourceDefinition", "Namespace", "PriorityClass"))


def within(some: dict[str, str], labels: dict[str, str]) -> bool:
    return some.items() <= labels.items()


def test_what_was_changed_by_hand_is_found_by_a_refresh_and_repaired_by_the_next_up(dev: Dev) -> None:
    for cluster in CLUSTERS:
        dev.kubectl(cluster, "-n", "payments", "patch", "resourcequota", "fleet", "-p", '{"spec":{"hard":{"pods":"999"}}}')
        dev.kubectl(cluster, "-n", "payments", "delete", "networkpolicy", "fleet-default-deny")
        dev.kubectl(cluster, "-n", "cert-manager", "scale", "deployment", "cert-manager", "--replicas=0")
    output = dev.rehearsal.run("pulumi", "refresh", "-y", "-f", "--json", "-s", "dev").stdout
    ended = [event["resOutputsEvent"]["metadata"] for event in events(output) if "resOutputsEvent" in event]
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in ended:
        if item["op"] != "same":
            found[item["op"]].add((item["type"].rpartition(":")[2], item["urn"].rpartition("::")[2]))
    assert found == {
        "update": {("ResourceQuota", f"{cluster}-payments") for cluster in CLUSTERS}
        | {("DeploymentPatch", f"{cluster}-chart-cert-manager-cert-manager") for cluster in CLUSTERS},
        "delete": {("NetworkPolicy", f"{cluster}-payments-default-deny") for cluster in CLUSTERS},
    }
    dev.rehearsal.up("dev")
    for cluster in CLUSTERS:
        quota = json.loads(dev.kubectl(cluster, "-n", "payments", "get", "resourcequota", "fleet", "-o", "json"))
        assert quota["spec"]["hard"]["pods"] == "200"
        assert "fleet-default-deny" in dev.kubectl(cluster, "-n", "payments", "get", "networkpolicy", "-o", "name")
        assert "2/2" in dev.kubectl(cluster, "-n", "cert-manager", "get", "deployment", "cert-manager")
    dev.rehearsal.expect_no_changes("dev")


def test_a_destroy_removes_in_order_and_leaves_no_process_behind(dev: Dev) -> None:
    output = dev.rehearsal.run("pulumi", "destroy", "-y", "-f", "--json", "-s", "dev").stdout
    ended = [event["resOutputsEvent"]["metadata"] for event in events(output) if "resOutputsEvent" in event]
    gone = [item["urn"].rpartition("::")[2] for item in ended if item["op"] == "delete"]
    for cluster in CLUSTERS:
        order = [f"{cluster}-payments", f"{cluster}-chart-cert-manager", f"{cluster}-cert-manager"]
        assert [gone.index(name) for name in order] == sorted(gone.index(name) for name in order)
    dev.rehearsal.down()
    assert [item.cmdline() for item in psutil.process_iter() if str(dev.rehearsal.state) in " ".join(command_of(item))] == []


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return []
