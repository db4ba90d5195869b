"""Access for real, on EKS and on GKE: people with tokens of their own and the real kubectl, in dev as `fleet sandbox up` leaves it."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import toolchain
from tests.sandbox.clusters_world import pod
from tests.sandbox.rehearsal import ROOT, Rehearsal

EKS, GKE = "core-dev-eu-west-1", "core-dev-europe-west4"
DEPLOYER: tuple[str, ...] = ()
DEVELOPER = ("arn:aws:iam::111111111111:role/analytics", "alice.analytics@acme.example")
TENANT_ADMIN = ("arn:aws:iam::111111111111:role/payments", "alice.payments@acme.example")
DIRECT = ("the deployer, without a proxy",)
STRANGER = ("arn:aws:iam::111111111111:role/visitor", "mallory@acme.example")
OWN, OTHER = "analytics", "payments"
PROGRAM = ("Pulumi.yaml", "__main__.py", "components", "fleet", "policies", "fleet.yaml", "fleet.lock.yaml", "stacks")
SECONDS = 120


@dataclass(frozen=True)
class Dev:
    """Dev, up in a sandbox of its own, from a copy of this repository that a test may edit."""

    rehearsal: Rehearsal
    kubectl_path: Path
    home: Path
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def kubeconfig(self, whom: tuple[str, ...]) -> Path:
        if whom not in self.files:
            named = [word for principal in whom for word in ("--as", principal)]
            self.files[whom] = Path(self.rehearsal.sandbox("kubeconfig", "dev", *named).stdout.strip())
        return self.files[whom]

    def kubectl(self, cluster: str, whom: tuple[str, ...], *words: str, stdin: Mapping[str, Any] | None = None) -> str:
        """What kubectl prints; it must succeed."""
        done = self._run(cluster, whom, words, stdin)
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def refusal(self, cluster: str, whom: tuple[str, ...], *words: str, stdin: Mapping[str, Any] | None = None) -> str:
        """What kubectl says; it must be refused."""
        done = self._run(cluster, whom, words, stdin)
        assert done.returncode != 0, f"kubectl {' '.join(words)} was let through: {done.stdout}"
        return done.stderr

    def _run(
        self, cluster: str, whom: tuple[str, ...], words: tuple[str, ...], stdin: Mapping[str, Any] | None
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.kubectl_path), "--kubeconfig", str(self.kubeconfig(whom)), "--context", cluster, *words]
        given = json.dumps(stdin) if stdin is not None else None
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home)}
        return subprocess.run(command, input=given, capture_output=True, text=True, env=environment, timeout=SECONDS + 30)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("access")
    repository = folder / "repository"
    repository.mkdir()
    for name in PROGRAM:
        source, target = ROOT / name, repository / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    rehearsal = Rehearsal(folder / "state", repository)
    try:
        rehearsal.sandbox("up", "dev")
        for principal in STRANGER:
            rehearsal.sandbox("principals", "add", principal)
        yield Dev(rehearsal, toolchain.resolve(["kubectl"])["kubectl"].path, folder)
    finally:
        rehearsal.down()


both = pytest.mark.parametrize("cluster", [EKS, GKE])


def test_the_stack_was_brought_up_by_its_deployers_own_access(dev: Dev) -> None:
    """There is no other way in: an access policy on EKS, roles/container.admin on GKE."""
    said = {
        cluster: json.loads(dev.kubectl(cluster, DEPLOYER, "auth", "whoami", "-o", "json"))["status"]["userInfo"] for cluster in (EKS, GKE)
    }
    assert said[EKS]["username"] == "arn:aws:sts::111111111111:assumed-role/fleet-deployer/EKSGetTokenAuth"
    assert said[GKE]["username"] == "fleet-deployer@acme-dev.iam.gserviceaccount.com"
    assert all(user["groups"] == ["system:authenticated"] for user in said.values())


@both
def test_the_deployer_sees_the_platform_through_the_printed_kubeconfig(dev: Dev, cluster: str) -> None:
    shown = dev.kubectl(cluster, DEPLOYER, "get", "ns,networkpolicy,resourcequota,deploy", "-A", "-o", "name")
    assert {f"namespace/{OWN}", f"namespace/{OTHER}", "networkpolicy.networking.k8s.io/fleet-default-deny"} <= set(shown.split())
    dev.kubectl(cluster, DEPLOYER, "wait", "deploy", "--all", "-A", "--for=condition=Available", f"--timeout={SECONDS}s")
    nodes = json.loads(dev.kubectl(cluster, DEPLOYER, "get", "nodes", "-o", "json"))["items"]
    assert len({node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes}) == 3
    assert all(status_of(node, "Ready") == "True" for node in nodes)


def test_a_kubeconfig_holds_no_secret_and_is_the_owners_alone(dev: Dev) -> None:
    for whom in (DEPLOYER, DEVELOPER):
        path = dev.kubeconfig(whom)
        document = json.loads(path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {context["name"] for context in document["contexts"]} == {EKS, GKE}
        assert all(set(named["user"]) == {"exec"} for named in document["users"])


def test_a_cluster_of_a_cloud_in_which_nobody_is_named_is_left_out(dev: Dev) -> None:
    written = dev.rehearsal.sandbox("kubeconfig", "dev", "--as", DEVELOPER[0])
    assert [context["name"] for context in json.loads(Path(written.stdout.strip()).read_text())["contexts"]] == [EKS]
    assert f"without {GKE}" in written.stderr


def test_the_production_verb_does_the_same_in_the_sandboxs_shell(dev: Dev) -> None:
    named = [word for principal in DEVELOPER for word in ("--as", principal)]
    path = dev.rehearsal.run("fleet", "kubeconfig", "-s", "dev", *named, "--output", str(dev.home / "own.kubeconfig")).stdout.strip()
    said = dev.rehearsal.run("kubectl", "--kubeconfig", path, "--context", GKE, "auth", "whoami", "-o", "json").stdout
    assert json.loads(said)["status"]["userInfo"]["username"] == DEVELOPER[1]
    wrong = dev.rehearsal.run("fleet", "kubeconfig", "-s", "dev", "--as", "payments", fails=True)
    assert wrong.returncode == 2 and "nobody a cloud knows" in wrong.stderr


@both
def test_a_developer_deploys_in_the_teams_namespace_and_it_becomes_available(dev: Dev, cluster: str) -> None:
    dev.kubectl(cluster, DEVELOPER, "apply", "-n", OWN, "-f", "-", stdin=deployment("web", replicas=3))
    dev.kubectl(cluster, DEVELOPER, "-n", OWN, "rollout", "status", "deploy/web", f"--timeout={SECONDS}s")
    shown = json.loads(dev.kubectl(cluster, DEVELOPER, "-n", OWN, "get", "deploy", "web", "-o", "json"))
    assert shown["status"]["availableReplicas"] == 3


@both
def test_a_privileged_pod_is_refused_by_pod_security_and_the_same_without_the_flag_runs(dev: Dev, cluster: str) -> None:
    refused = dev.refusal(cluster, DEVELOPER, "create", "-n", OWN, "-f", "-", stdin=pod("probe", privileged=True))
    assert 'violates PodSecurity "restricted' in refused and "privileged" in refused
    dev.kubectl(cluster, DEVELOPER, "create", "-n", OWN, "-f", "-", stdin=pod("probe"))
    dev.kubectl(cluster, DEVELOPER, "-n", OWN, "wait", "pod/probe", "--for=condition=Ready", f"--timeout={SECONDS}s")
    assert json.loads(dev.kubectl(cluster, DEVELOPER, "-n", OWN, "get", "pod", "probe", "-o", "json"))["spec"]["nodeName"]


@both
def test_a_pod_over_the_quota_is_refused_citing_it(dev: Dev, cluster: str) -> None:
    refused = dev.refusal(cluster, DEVELOPER, "create", "-n", OWN, "-f", "-", stdin=pod("greedy", cpu="9"))
    assert "exceeded quota: fleet" in refused and "requests.cpu=9" in refused


@both
@pytest.mark.parametrize(
    "words",
    [
        ("get", "secrets", "-n", OTHER),
        ("create", "rolebinding", "mine", "--clusterrole=cluster-admin", "--group=me", "-n", OWN),
        ("create", "rolebinding", "mine", "--clusterrole=fleet:developer", "--group=me", "-n", OTHER),
        ("create", "clusterrolebinding", "mine", "--clusterrole=cluster-admin", "--group=me"),
        ("get", "secrets", "-A"),
        ("get", "pods", "-A"),
        ("get", "nodes"),
        ("get", "pods", "-n", OWN, "--as", "system:admin"),
    ],
)
def test_what_is_not_the_developers_is_forbidden(dev: Dev, cluster: str, words: tuple[str, ...]) -> None:
    assert "is forbidden: User" in dev.refusal(cluster, DEVELOPER, *words)


@both
def test_a_tenant_admin_gives_away_what_it_holds_and_no_more(dev: Dev, cluster: str) -> None:
    admin = ("create", "rolebinding", "all", "--clusterrole=cluster-admin", "--group=me", "-n", OTHER)
    refused = dev.refusal(cluster, TENANT_ADMIN, *admin)
    assert "is forbidden: user" in refused and "attempting to grant RBAC permissions not currently held" in refused
    dev.kubectl(cluster, TENANT_ADMIN, "create", "rolebinding", "some", "--clusterrole=fleet:viewer", "--group=me", "-n", OTHER)


def test_whom_the_cloud_does_not_let_in_gets_401_of_eks_and_403_of_gke(dev: Dev) -> None:
    assert "Unauthorized" in dev.refusal(EKS, STRANGER, "get", "pods", "-n", OWN)
    assert f'User "{STRANGER[1]}" cannot list resource "pods"' in dev.refusal(GKE, STRANGER, "get", "pods", "-n", OWN)


def test_from_outside_the_network_only_the_declared_proxy_leads_to_a_private_endpoint(dev: Dev) -> None:
    dev.rehearsal.sandbox("network", "outside")
    try:
        direct = json.loads(dev.kubeconfig(DEPLOYER).read_text())
        for named in direct["clusters"]:
            del named["cluster"]["proxy-url"]
        dev.files[DIRECT] = dev.home / "direct.kubeconfig"
        dev.files[DIRECT].write_text(json.dumps(direct))
        for cluster in (EKS, GKE):
            assert "was refused" in dev.refusal(cluster, DIRECT, "get", "ns")
            assert f"namespace/{OWN}" in dev.kubectl(cluster, DEPLOYER, "get", "ns", "-o", "name")
        dev.rehearsal.expect_no_changes("dev")
    finally:
        assert dev.rehearsal.sandbox("network", "inside").stdout == "inside\n"
    assert f"namespace/{OWN}" in dev.kubectl(EKS, DIRECT, "get", "ns", "-o", "name")


def test_access_that_fleet_yaml_takes_away_is_gone_in_the_clusters(dev: Dev) -> None:
    """The last of this module: the namespace of the team goes with it."""
    spec = dev.rehearsal.repository / "fleet.yaml"
    text = spec.read_text()
    assert "access: { dev: developer, prod: viewer }" in text
    spec.write_text(text.replace("access: { dev: developer, prod: viewer }", "access: { prod: viewer }"))
    dev.rehearsal.fleet("generate")
    dev.rehearsal.sandbox("up", "dev")
    refused = dev.refusal(EKS, DEVELOPER, "get", "pods", "-n", OWN)
    assert "Unauthorized" in refused or "You must be logged in" in refused, (
        "the words of a kubectl that knows the server, and of one new to it"
    )
    assert f'User "{DEVELOPER[1]}" cannot list resource "pods"' in dev.refusal(GKE, DEVELOPER, "get", "pods", "-n", OWN)
    for cluster in (EKS, GKE):
        assert f"namespace/{OTHER}" in dev.kubectl(cluster, DEPLOYER, "get", "ns", "-o", "name")
    dev.rehearsal.expect_no_changes("dev")


def deployment(name: str, replicas: int) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod(name)["spec"]}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def status_of(item: Mapping[str, Any], kind: str) -> str:
    return next((str(one["status"]) for one in item["status"]["conditions"] if one["type"] == kind), "")
