"""What the clouds themselves install into a cluster: stand-ins of EKS's managed add-ons and GKE's built-in ones, as manifests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.cloud.store import StoreView
from sandbox.kubernetes.facts import STAND_IN, ClusterFacts, text, value

ADDON: Final = "aws:eks/addon:Addon"
NAMESPACE: Final = "kube-system"
ADDON_LABEL: Final = "sandbox.fleet/addon"
DIGEST: Final = "sandbox.fleet/applied"
"""Annotation: what of the store an object was made from, so that it is written again only when that changes."""

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """One row of addons.yaml."""

    kind: str
    name: str
    labels: Mapping[str, str]
    replicas: int = 1
    account: str = ""
    budget: str = ""
    section: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Addon:
    """An add-on a cluster has. configuration: its configuration values (EKS add-on schema, in JSON)."""

    name: str
    version: str
    configuration: Mapping[str, object]
    workloads: tuple[Workload, ...]


def addons(view: StoreView, facts: ClusterFacts) -> Sequence[Addon]:
    """The add-ons of a cluster: those in the store (EKS), those its settings bring (GKE)."""
    return list(_eks(view, facts) if facts.cloud == "aws" else _gke(facts))


def _eks(view: StoreView, facts: ClusterFacts) -> Iterator[Addon]:
    for stored in view.all(ADDON):
        if (stored.caller.account, stored.caller.region, text(stored.outputs, "clusterName")) != (facts.account, facts.region, facts.name):
            continue
        name = text(stored.outputs, "addonName")
        workloads = _table()["aws"].get(name) or (Workload("Deployment", name, {"app.kubernetes.io/name": name}),)
        given = text(stored.outputs, "configurationValues")
        parsed = yaml.safe_load(given) if given else {}
        yield Addon(name, text(stored.outputs, "addonVersion"), parsed if isinstance(parsed, dict) else {}, workloads)


def _gke(facts: ClusterFacts) -> Iterator[Addon]:
    for name, rows in _table()["gcp"].items():
        workloads = tuple(row for row in rows if not row.when or value(facts.outputs, *row.when["path"]) == row.when["is"])
        if workloads:
            yield Addon(name, facts.version, {}, workloads)


@cache
def _table() -> Mapping[str, Mapping[str, tuple[Workload, ...]]]:
    read = yaml.safe_load(Path(__file__).with_name("addons.yaml").read_text())
    return {cloud: {name: tuple(Workload(**row) for row in rows) for name, rows in table.items()} for cloud, table in read.items()}


def manifests(addon: Addon) -> list[Manifest]:
    """Its objects, each after what it needs."""
    made = [item for workload in addon.workloads for item in _manifests(addon, workload)]
    for item in made:
        digest = hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]
        item["metadata"]["annotations"] = {DIGEST: digest}
    return made


def _manifests(addon: Addon, workload: Workload) -> Iterator[Manifest]:
    settings: Mapping[str, Any] = addon.configuration
    if workload.section:
        inner = settings.get(workload.section)
        settings = inner if isinstance(inner, Mapping) else {}
    if workload.account:
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(addon, workload, workload.account)}
    yield _workload(addon, workload, settings)
    budget = settings.get("podDisruptionBudget")
    wanted = budget.get("enabled", True) if isinstance(budget, Mapping) else True
    if workload.budget and wanted:
        limits = {key: item for key, item in (budget or {}).items() if key in ("maxUnavailable", "minAvailable")}
        spec = {"selector": {"matchLabels": dict(workload.labels)}, **(limits or {"maxUnavailable": 1})}
        yield {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": _metadata(addon, workload, workload.budget),
            "spec": spec,
        }


def _workload(addon: Addon, workload: Workload, settings: Mapping[str, Any]) -> Manifest:
    spec: Manifest = {"selector": {"matchLabels": dict(workload.labels)}, "template": _template(addon, workload, settings)}
    if workload.kind == "Deployment":
        spec["replicas"] = settings.get("replicaCount", workload.replicas)
    return {"apiVersion": "apps/v1", "kind": workload.kind, "metadata": _metadata(addon, workload, workload.name), "spec": spec}


def _template(addon: Addon, workload: Workload, settings: Mapping[str, Any]) -> Manifest:
    """Runs on every node, tainted or not; replicas keep away from each other."""
    container = {
        "name": workload.name,
        "image": f"stand-in/{addon.name}:{addon.version}",
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    }
    spec: Manifest = {
        "containers": [container],
        "priorityClassName": "system-node-critical" if workload.kind == "DaemonSet" else "system-cluster-critical",
        "tolerations": [{"operator": "Exists"}],
        "automountServiceAccountToken": False,
    }
    if workload.kind == "Deployment":
        spread = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}
        spec["topologySpreadConstraints"] = settings.get("topologySpreadConstraints") or [
            {**spread, "labelSelector": {"matchLabels": dict(workload.labels)}}
        ]
    if workload.account:
        spec["serviceAccountName"] = workload.account
    return {"metadata": {"labels": {**workload.labels, STAND_IN: "true"}}, "spec": spec}


def _metadata(addon: Addon, workload: Workload, name: str) -> Manifest:
    return {"name": name, "namespace": NAMESPACE, "labels": {**workload.labels, STAND_IN: "true", ADDON_LABEL: addon.name}}
