"""The add-on of docs/extending.md is whole files: put in place, fleet decides on it and the real helm installs it on a real API server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.kubernetes.provider.helm import charts
from tests.sandbox.clusters_world import open_clusters
from tests.sandbox.kubernetes_client import kubeconfig_of, provider

ROOT = Path(__file__).parents[2]
NAME = "external-secrets"
SNIPPETS = re.findall(r"```yaml\n# ((?:fleet|sandbox)/\S+)\n(.*?)```", (ROOT / "docs/extending.md").read_text(), flags=re.S)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with the add-on in its class `standard`, and all that fleet is made of."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("fleet", "policies", "toolchain", "stacks", "sandbox"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path, body in SNIPPETS:
        assert not (copy / path).exists(), f"{path} exists: the page must show a new file"
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(body)
    text = (ROOT / "fleet.yaml").read_text()
    assert text.count("      cert-manager: {}\n") == 1
    (copy / "fleet.yaml").write_text(text.replace("      cert-manager: {}\n", f"      cert-manager: {{}}\n      {NAME}: {{}}\n"))
    shutil.copy(ROOT / "fleet.lock.yaml", copy)
    return copy


@pytest.fixture(scope="module")
def chart(tree: Path) -> dict[str, Any]:
    """What fleet decides of it for an EKS cluster of dev."""
    for verb in (["lock"], ["generate"]):
        command = [sys.executable, "-m", "fleet.cli", *verb]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(tree)}, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    cluster = json.loads((tree / "stacks/dev/core-dev-eu-west-1.json").read_text())
    found: dict[str, Any] = next(each for each in cluster["platform"]["charts"] if each["name"] == NAME)
    return found


@pytest.fixture
def stand_in(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(charts, "CHARTS", tree / "sandbox/kubernetes/charts")
    charts._known.cache_clear()
    yield
    charts._known.cache_clear()


def test_the_page_shows_an_add_on_and_what_stands_for_its_chart() -> None:
    assert [path.rpartition("/")[2] for path, _ in SNIPPETS] == [f"{NAME}.yaml", "stand-in.yaml", "values.yaml"]


def test_fleet_pins_a_version_for_the_minor_and_installs_it_after_cert_manager(tree: Path, chart: dict[str, Any]) -> None:
    assert chart["version"] == "2.8.0", "the newest for 1.35 in addons.tsv"
    assert chart["replicas"] == [{"deployment": NAME, "count": 2}, {"deployment": f"{NAME}-webhook", "count": 2}]
    gke = json.loads((tree / "stacks/dev/core-dev-europe-west4.json").read_text())
    assert [each["name"] for each in gke["platform"]["charts"]] == ["cert-manager", NAME]


def test_the_real_helm_installs_it_and_it_becomes_available_in_zones(chart: dict[str, Any], stand_in: None, tmp_path: Path) -> None:
    clusters = open_clusters(tmp_path / "state")
    try:
        clusters.cluster("one")
        clusters.group("one", "general")
        with provider(clusters.store, kubeconfig_of(clusters, "one")) as client:
            client.create("kubernetes:core/v1:Namespace", NAME, {"metadata": {"name": NAME}})
            inputs = {"name": NAME, "namespace": NAME, "chart": chart["chart"], "repositoryOpts": {"repo": chart["repository"]}}
            client.create(
                "kubernetes:helm.sh/v3:Release", NAME, {**inputs, "version": chart["version"], "values": chart["values"], "timeout": 60}
            )
        found = clusters.api("one").get(f"/apis/apps/v1/namespaces/{NAME}/deployments")["items"]
        available = {item["metadata"]["name"]: item["status"]["availableReplicas"] for item in found}
        assert available == {each["deployment"]: each["count"] for each in chart["replicas"]}
        budgets = clusters.api("one").get(f"/apis/policy/v1/namespaces/{NAME}/poddisruptionbudgets")["items"]
        assert len(budgets) == len(found)
    finally:
        clusters.close()
