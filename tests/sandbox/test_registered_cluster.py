"""A cluster that fleet does not build: by the whole program and the real engine it gets the platform, and loses exactly that again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sandbox.kubernetes.facts import value
from sandbox.kubernetes.runtime.api import Api
from tests.sandbox.clusters_world import Clusters, open_clusters
from tests.sandbox.kubernetes_client import kubeconfig_of
from tests.sandbox.rehearsal import ROOT, Rehearsal

pytestmark = pytest.mark.xdist_group("registered cluster")
STACK = "dev"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
LISTED = (
    "/api/v1/namespaces",
    *(f"/api/v1/{kind}" for kind in ("limitranges", "resourcequotas", "secrets", "serviceaccounts", "services")),
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    DEFINITIONS,
    "/apis/apps/v1/deployments",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/apis/policy/v1/poddisruptionbudgets",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "/apis/scheduling.k8s.io/v1/priorityclasses",
)
PAYMENTS = "/api/v1/namespaces/payments"


@dataclass(frozen=True)
class World:
    """A fleet of two registered clusters, and those, which run elsewhere: `legacy`, which may be removed, and `kept`."""

    rehearsal: Rehearsal
    elsewhere: Clusters

    @property
    def api(self) -> Api:
        return self.elsewhere.api("legacy")

    def objects(self) -> set[str]:
        """Every object in the cluster, by its path and name."""
        return {f"{path} {name}" for path in LISTED for name in names(self.api, path)}

    def write(self, cluster: bool) -> None:
        """The fleet with the cluster in it or without, locked and generated."""
        names = ("kept", "legacy") if cluster else ("kept",)
        (self.rehearsal.repository / "fleet.yaml").write_text(yaml.safe_dump(fleet(self.rehearsal.repository, names)))
        self.rehearsal.fleet("lock")
        self.rehearsal.fleet("generate")


def fleet(folder: Path, names: Sequence[str]) -> dict[str, object]:
    """A fleet of registered clusters, whose kubeconfigs are called as they are; `legacy` gets add-ons."""
    account = "111111111111"
    return {
        "apiVersion": "fleet/v1",
        "name": "little",
        "defaults": {"kubernetes": "1.35"},
        "addressing": {"pools": {"nodes": "10.0.0.0/9", "pods": "100.64.0.0/10", "services": "172.20.0.0/14"}},
        "environments": {STACK: {"accounts": {"aws": account}, "deployer": {"aws": f"arn:aws:iam::{account}:role/fleet-deployer"}}},
        "regions": {"eu-west-1": {"jurisdiction": "EU"}},
        "classes": {"legacy": {"kind": "registered", "addons": {"metrics-server": {}, "cert-manager": {}}}, "kept": {"kind": "registered"}},
        "clusters": {name: {"class": name, "kubeconfig": {"file": str(folder / name)}, "in": {STACK: ["eu-west-1"]}} for name in names},
        "teams": {
            "payments": {
                "groups": {"oidc": "payments"},
                "access": {STACK: "tenant-admin"},
                "namespaces": {"payments": {"quota": {"cpu": 4, "memoryGiB": 16, "pods": 20}}},
            }
        },
    }


def names(api: Api, path: str) -> set[str]:
    items = api.get(path)["items"]
    assert isinstance(items, list)
    return {f"{value(item, 'metadata', 'namespace') or ''}/{value(item, 'metadata', 'name')}" for item in items}


def is_kept(api: Api, name: str) -> bool:
    """Whether an object is one that its chart leaves on purpose: a kind's definition, with which all objects of the kind would go."""
    path, _, place = name.partition(" ")
    metadata = api.get(f"{path}{place}")["metadata"]
    assert isinstance(metadata, dict)
    return path == DEFINITIONS and metadata["annotations"].get("helm.sh/resource-policy") == "keep"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("registered")
    repository = folder / "repository"
    repository.mkdir()
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / name, repository / name)
    elsewhere = open_clusters(folder / "elsewhere")
    made = World(Rehearsal(folder / "state", repository), elsewhere)
    try:
        for name in ("legacy", "kept"):
            elsewhere.cluster(name)
            (repository / name).write_text(kubeconfig_of(elsewhere, name))
        elsewhere.group("legacy", "general")
        made.api.post("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "theirs"}})
        yield made
    finally:
        made.rehearsal.down()
        elsewhere.close()


def test_it_gets_the_platform_and_loses_exactly_that_when_it_is_removed(world: World) -> None:
    before = world.objects()
    world.write(cluster=True)
    world.rehearsal.up(STACK)
    made = world.objects() - before
    for expected in (
        "/api/v1/namespaces /payments",
        "/api/v1/resourcequotas payments/fleet",
        "/apis/networking.k8s.io/v1/networkpolicies payments/fleet-default-deny",
        "/apis/rbac.authorization.k8s.io/v1/rolebindings payments/fleet:tenant-admin",
        "/apis/apps/v1/deployments cert-manager/cert-manager-webhook",
        "/apis/apps/v1/deployments kube-system/metrics-server",
    ):
        assert expected in made
    assert value(world.api.get(f"{PAYMENTS}/resourcequotas/fleet"), "status", "hard", "pods") == "20"
    world.rehearsal.expect_no_changes(STACK)
    world.write(cluster=False)
    world.rehearsal.up(STACK)
    left = world.objects()
    assert before <= left
    assert {name for name in left - before if not is_kept(world.api, name)} == set()
    assert value(world.elsewhere.api("kept").get(f"{PAYMENTS}/resourcequotas/fleet"), "status", "hard", "pods") == "20"
