"""What the clusters of a stack answer to kubectl, through the kubeconfig that people use: nodes, add-ons, and what bounds the teams."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.shell.session import Session

ZONE: Final = "topology.kubernetes.io/zone"
KINDS: Final = "nodes,namespaces,networkpolicies,resourcequotas,deployments"
ANSWER_SECONDS: Final = 60


@dataclass(frozen=True)
class Answer:
    """One cluster's. problem: what kubectl said instead, empty where it answered. unavailable: Deployments, as namespace/name."""

    cluster: str
    problem: str = ""
    nodes: int = 0
    ready: int = 0
    zones: tuple[str, ...] = ()
    deployments: int = 0
    unavailable: tuple[str, ...] = ()
    namespaces: int = 0
    network_policies: int = 0
    quotas: int = 0


def ask(session: Session, kubeconfig: Path, clusters: Sequence[str]) -> list[Answer]:
    """Ask every cluster at once, each by a kubectl of its own."""
    with ThreadPoolExecutor(max(len(clusters), 1)) as pool:
        return list(pool.map(lambda cluster: _ask(session, kubeconfig, cluster), clusters))


def _ask(session: Session, kubeconfig: Path, cluster: str) -> Answer:
    command = ["kubectl", "--kubeconfig", str(kubeconfig), "--context", cluster, "get", KINDS, "--all-namespaces", "--output", "json"]
    try:
        ended = subprocess.run(command, env=session.environment, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Answer(cluster, f"nothing in {ANSWER_SECONDS} s")
    if ended.returncode != 0:
        return Answer(cluster, ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else f"kubectl ended with {ended.returncode}")
    return read(cluster, json.loads(ended.stdout)["items"])


def read(cluster: str, items: Iterable[Mapping[str, Any]]) -> Answer:
    """Count what a cluster listed: objects of `KINDS`, as the API has them."""
    found = list(items)
    kinds = Counter(str(item["kind"]) for item in found)
    nodes = [item for item in found if item["kind"] == "Node"]
    deployments = [item for item in found if item["kind"] == "Deployment"]
    return Answer(
        cluster,
        nodes=len(nodes),
        ready=sum(_holds(node, "Ready") for node in nodes),
        zones=tuple(sorted({str(node["metadata"].get("labels", {}).get(ZONE, "no zone")) for node in nodes})),
        deployments=len(deployments),
        unavailable=tuple(
            f"{item['metadata']['namespace']}/{item['metadata']['name']}" for item in deployments if not _holds(item, "Available")
        ),
        namespaces=kinds["Namespace"],
        network_policies=kinds["NetworkPolicy"],
        quotas=kinds["ResourceQuota"],
    )


def lines(answer: Answer) -> Iterator[str]:
    """One cluster's answer for a person."""
    if answer.problem:
        yield f"    answers     no: {answer.problem}"
        return
    available = answer.deployments - len(answer.unavailable)
    yield f"    nodes       {answer.ready} of {answer.nodes} Ready in {', '.join(answer.zones) or 'no zone'}"
    waiting = f"; not yet: {', '.join(answer.unavailable)}" if answer.unavailable else ""
    yield f"    workloads   {available} of {answer.deployments} deployments Available{waiting}"
    yield f"    bounds      {answer.namespaces} namespaces, {answer.network_policies} network policies, {answer.quotas} resource quotas"


def _holds(item: Mapping[str, Any], condition: str) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(found["type"] == condition and found["status"] == "True" for found in conditions)
