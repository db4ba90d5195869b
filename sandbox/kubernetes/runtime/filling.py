"""Brings what is in a cluster to what its cloud says: nodes of its node pools, stand-ins of its managed add-ons."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping, Sequence

from sandbox.kubernetes.runtime import waiting
from sandbox.kubernetes.runtime.addons import ADDON_LABEL, DIGEST, NAMESPACE, Addon, manifests
from sandbox.kubernetes.runtime.api import Api, ApiProblem, Values, path_of
from sandbox.kubernetes.runtime.nodes import POOL_LABELS, Node, manifest, status

DRAIN_SECONDS = 20.0
READY_SECONDS = 60.0
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
RETRIED = "sandbox.fleet/retried"
"""Annotation of a definition that the sandbox had the API server look at again: at which of its versions."""
_ADDON_KINDS = ("PodDisruptionBudget", "Deployment", "DaemonSet", "ServiceAccount")


def keep_nodes(api: Api, wanted: Sequence[Node], ending: threading.Event) -> None:
    """New nodes come and are Ready before old ones are drained and go. Raises ApiProblem."""
    there = {name_of(item): item for label in POOL_LABELS.values() for item in api.list("Node", labels=label)}
    for node in wanted:
        if node.name not in there or _differs(there[node.name], manifest(node)):
            api.apply(manifest(node))
            api.apply({**manifest(node), "status": status(node)}, "status")
    gone = there.keys() - {node.name for node in wanted}
    if gone and wanted:
        waiting.until(lambda: not unready_nodes(api, wanted), READY_SECONDS, ending)
        _drain(api, sorted(gone), ending)
    for name in sorted(gone):
        for pod in _pods(api, name):
            api.delete(path_of({**pod, "kind": "Pod"}), grace_seconds=0)
        api.delete(f"/api/v1/nodes/{name}")


def release_nodes(api: Api) -> None:
    """Have the nodes belong to nobody: who plays the kubelets would wait until what its predecessor holds runs out. Raises ApiProblem."""
    api.delete(LEASES)


def unready_nodes(api: Api, wanted: Sequence[Node]) -> list[str]:
    """Names of the wanted nodes that are not Ready. Raises ApiProblem."""
    ready = {name_of(item) for item in api.list("Node") if condition(item, "Ready") == "True"}
    return [node.name for node in wanted if node.name not in ready]


def keep_addons(api: Api, wanted: Sequence[Addon]) -> None:
    """Write what changed in the store since it was written last, take away what belongs to no add-on. Raises ApiProblem."""
    there = {path_of(item): item for kind in _ADDON_KINDS for item in _labelled(api, kind)}
    kept = set()
    for item in (item for addon in wanted for item in manifests(addon)):
        path = path_of(item)
        kept.add(path)
        if path not in there or _annotation(there[path], DIGEST) != _annotation(item, DIGEST):
            api.apply(item)
    for path in there.keys() - kept:
        api.delete(path)


def free_definitions(api: Api) -> None:
    """Have the API server try again to end kinds that it gave up on. Raises ApiProblem.

    Where the storage of a kind that ends was not ready yet ("storage is (re)initializing"), the finalizer of definitions may lose its own
    retry, and then looks again only after five minutes, or when anything but the status changes (operator-controller issue 1437, 2024-11).
    """
    for item in api.list("CustomResourceDefinition"):
        if _metadata(item).get("deletionTimestamp") and condition(item, "Terminating", "reason") == "InstanceDeletionFailed":
            api.annotate({**item, "kind": "CustomResourceDefinition"}, RETRIED, str(_metadata(item)["resourceVersion"]))


def unavailable(api: Api, addon: Addon) -> list[str]:
    """What of an add-on is not running yet, each as `Deployment coredns 1/2`. Raises ApiProblem."""
    found = []
    for item in manifests(addon):
        if item["kind"] in ("Deployment", "DaemonSet"):
            found += _lacking(api.get(path_of(item)), str(item["kind"]))
    return found


def _lacking(item: Values, kind: str) -> list[str]:
    spec, state = item["spec"], item.get("status", {})
    assert isinstance(spec, Mapping) and isinstance(state, Mapping)
    if kind == "Deployment":
        wanted, running = spec.get("replicas", 1), state.get("availableReplicas", 0)
    else:
        wanted, running = state.get("desiredNumberScheduled", 0), state.get("numberAvailable", 0)
    seen = state.get("observedGeneration") == _metadata(item).get("generation")
    return [] if seen and running >= wanted else [f"{kind} {name_of(item)} {running}/{wanted}"]


def _labelled(api: Api, kind: str) -> list[Values]:
    """Items of a list come without their kind."""
    return [{**item, "kind": kind} for item in api.list(kind, NAMESPACE, ADDON_LABEL)]


def _drain(api: Api, names: Sequence[str], ending: threading.Event) -> None:
    """Evict the nodes' pods as far as disruption budgets allow within DRAIN_SECONDS; the machines go in any case."""
    for name in names:
        api.apply(
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {"unschedulable": True}}, manager="sandbox-drain"
        )

    def is_done() -> bool:
        return not [pod for name in names for pod in _pods(api, name) if not _evicted(api, pod)]

    waiting.until(is_done, DRAIN_SECONDS, ending)


def _pods(api: Api, node: str) -> list[Values]:
    return api.list("Pod", fields=f"spec.nodeName={node}")


def _evicted(api: Api, pod: Values) -> bool:
    """Whether a pod is no longer in the way: a DaemonSet's goes with its node."""
    owners = _metadata(pod).get("ownerReferences", [])
    assert isinstance(owners, list)
    if any(owner["kind"] == "DaemonSet" for owner in owners):
        return True
    name, namespace = name_of(pod), str(_metadata(pod)["namespace"])
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    try:
        api.post(f"{path_of({**pod, 'kind': 'Pod'})}/eviction", eviction)
    except ApiProblem as problem:
        if problem.status not in (http.client.TOO_MANY_REQUESTS, http.client.NOT_FOUND):
            raise
    return False


def _differs(there: Values, wanted: Values) -> bool:
    """Whether labels or taints that we say are not so."""
    labels, taints = _metadata(there).get("labels", {}), _taints(there)
    assert isinstance(labels, Mapping)
    mine = _metadata(wanted)["labels"]
    assert isinstance(mine, Mapping)
    return any(labels.get(key) != item for key, item in mine.items()) or any(taint not in taints for taint in _taints(wanted))


def _taints(item: Values) -> list[tuple[str, str, str]]:
    spec = item.get("spec", {})
    assert isinstance(spec, Mapping)
    return [(taint["key"], taint.get("value", ""), taint["effect"]) for taint in spec.get("taints", [])]


def condition(item: Values, type: str, key: str = "status") -> str:
    """The status of a condition, or what else it says, empty where it has none of this type (an object just made may have null for all)."""
    state = item.get("status", {})
    assert isinstance(state, Mapping)
    return next((str(found[key]) for found in state.get("conditions") or () if found["type"] == type), "")


def name_of(item: Values) -> str:
    return str(_metadata(item)["name"])


def _metadata(item: Values) -> Mapping[str, object]:
    metadata = item["metadata"]
    assert isinstance(metadata, Mapping)
    return metadata


def _annotation(item: Values, name: str) -> object:
    annotations = _metadata(item).get("annotations", {})
    return annotations.get(name) if isinstance(annotations, Mapping) else None
