"""When an object is what it is to become, kind by kind: a pure judgement of the live object, with words for who waits.

Source: pulumi-kubernetes documentation, "Await logic", and its provider/pkg/await, 2026-07; kinds that it does not wait for and that
others need before they work (CustomResourceDefinition, APIService, Namespace) are judged by their own conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.kubernetes.provider.objects import at, number_at
from sandbox.kubernetes.provider.problem import Values

NO_CONTROLLER = "the sandbox's clusters have no controller that gives one"


@dataclass(frozen=True)
class Standing:
    """ready: done. awaited: what is waited for, as a sentence. failed: why it never will be, empty while it may. advice: what to do."""

    ready: bool
    awaited: str
    failed: str = ""
    advice: str = ""


Judgement = Callable[[Values], Standing]


def judgement(api_version: str, kind: str) -> Judgement | None:
    """How objects of a kind are judged; None for those that are ready at once."""
    return _JUDGED.get((api_version.rpartition("/")[0], kind))


def conditions(item: Values) -> Iterator[tuple[str, str, str]]:
    """type, status, and message (or reason) of each condition."""
    found = at(item, "status", "conditions")
    for condition in found if isinstance(found, list) else ():
        if isinstance(condition, Mapping):
            yield str(condition.get("type")), str(condition.get("status")), str(condition.get("message") or condition.get("reason") or "")


def _holds(item: Values, type: str) -> bool:
    return any(name == type and status == "True" for name, status, _ in conditions(item))


def _said(item: Values, type: str, status: str) -> str:
    return next((message for name, value, message in conditions(item) if name == type and value == status), "")


def _is_seen(item: Values) -> bool:
    """Whether its controller has looked at the newest specification."""
    return number_at(item, "status", "observedGeneration") >= number_at(item, "metadata", "generation")


def _deployment(item: Values) -> Standing:
    """Rolled out: the newest revision available in full, none of an old one left."""
    wanted = _replicas(item)
    updated, available, total = (number_at(item, "status", key) for key in ("updatedReplicas", "availableReplicas", "replicas"))
    ready = _is_seen(item) and updated >= wanted and available >= wanted and total <= max(updated, wanted)
    return Standing(ready, f"available replicas: {available} of {wanted} ({updated} of the newest revision)", advice=_PODS)


def _replicas(item: Values) -> int:
    """One where it is not said (API reference, "DeploymentSpec")."""
    return number_at(item, "spec", "replicas") if at(item, "spec", "replicas") is not None else 1


def _stateful_set(item: Values) -> Standing:
    wanted = _replicas(item)
    ready_replicas = number_at(item, "status", "readyReplicas")
    current, update = at(item, "status", "currentRevision"), at(item, "status", "updateRevision")
    by_hand = at(item, "spec", "updateStrategy", "type") == "OnDelete"
    done = _is_seen(item) and ready_replicas >= wanted and (by_hand or current == update)
    return Standing(done, f"ready replicas: {ready_replicas} of {wanted}, revision {current} to become {update}", advice=_PODS)


def _daemon_set(item: Values) -> Standing:
    wanted, updated, available = (
        number_at(item, "status", key) for key in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    )
    by_hand = at(item, "spec", "updateStrategy", "type") == "OnDelete"
    done = _is_seen(item) and available >= wanted and (by_hand or updated >= wanted)
    return Standing(done, f"available pods: {available} of {wanted} ({updated} of the newest revision)", advice=_PODS)


def _replication_controller(item: Values) -> Standing:
    wanted, available = _replicas(item), number_at(item, "status", "availableReplicas")
    return Standing(_is_seen(item) and available >= wanted, f"available replicas: {available} of {wanted}", advice=_PODS)


def _job(item: Values) -> Standing:
    failed = _said(item, "Failed", "True") or ("its condition is Failed" if _holds(item, "Failed") else "")
    counted = f"{number_at(item, 'status', 'succeeded')} succeeded, {number_at(item, 'status', 'failed')} failed"
    return Standing(_holds(item, "Complete"), f"completion: {counted}", failed, _PODS)


def _pod(item: Values) -> Standing:
    phase = str(at(item, "status", "phase") or "Pending")
    reasons = [_said(item, type, "False") for type in ("PodScheduled", "Ready")]
    failed = str(at(item, "status", "message") or "its phase is Failed") if phase == "Failed" else ""
    ready = phase == "Succeeded" or (phase == "Running" and _holds(item, "Ready"))
    return Standing(ready, f"Ready: phase {phase} {' '.join(filter(None, reasons))}".strip(), failed, _PODS)


def _claim(item: Values) -> Standing:
    """Bound; binding that waits for the first pod is looked at by who knows the storage class."""
    phase = str(at(item, "status", "phase") or "Pending")
    failed = "the volume it was bound to is gone (phase Lost)" if phase == "Lost" else ""
    return Standing(phase == "Bound", f"a volume: phase {phase}", failed, "see its storage class and `kubectl describe pvc`")


def _volume(item: Values) -> Standing:
    phase = str(at(item, "status", "phase") or "Pending")
    return Standing(phase in ("Available", "Bound"), f"being available: phase {phase}", "its phase is Failed" if phase == "Failed" else "")


def _service(item: Values) -> Standing:
    if at(item, "spec", "type") != "LoadBalancer":
        return Standing(True, "nothing")
    given = bool(at(item, "status", "loadBalancer", "ingress"))
    return Standing(given, f"an address of a load balancer: {NO_CONTROLLER}", advice=_NO_ADDRESS)


def _ingress(item: Values) -> Standing:
    given = bool(at(item, "status", "loadBalancer", "ingress"))
    return Standing(given, f"an address of its ingress controller: {NO_CONTROLLER}", advice=_NO_ADDRESS)


def _namespace(item: Values) -> Standing:
    phase = str(at(item, "status", "phase") or "")
    gone = (
        "it is being deleted; wait until it is gone, or see what holds it with `kubectl get ns -o yaml`" if phase == "Terminating" else ""
    )
    return Standing(phase == "Active", f"phase Active: it is {phase or 'not said'}", gone)


def _quota(item: Values) -> Standing:
    return Standing(
        at(item, "status", "hard") == at(item, "spec", "hard"), "the quota to be counted", advice="is the controller manager running?"
    )


def _definition(item: Values) -> Standing:
    conflict = _said(item, "NamesAccepted", "False")
    failed = f"its names are taken: {conflict}" if conflict else ""
    return Standing(_holds(item, "Established"), "Established", failed, "another definition has these names: `kubectl get crd`")


def _api_service(item: Values) -> Standing:
    said = _said(item, "Available", "False")
    return Standing(_holds(item, "Available"), f"Available: {said}".rstrip(": "), advice="see the Service behind it and its endpoints")


def _secret(item: Values) -> Standing:
    filled = item.get("type") != "kubernetes.io/service-account-token" or bool(item.get("data"))
    return Standing(filled, "the token of its service account", advice="does the service account exist?")


_PODS = "see its events and pods with `kubectl describe`; a longer wait is `customTimeouts`, none is the annotation pulumi.com/skipAwait"
_NO_ADDRESS = 'here it takes the annotation pulumi.com/skipAwait: "true"'

_JUDGED: Mapping[tuple[str, str], Judgement] = {
    ("", "Namespace"): _namespace,
    ("", "PersistentVolume"): _volume,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "ReplicationController"): _replication_controller,
    ("", "ResourceQuota"): _quota,
    ("", "Secret"): _secret,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apiregistration.k8s.io", "APIService"): _api_service,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): _ingress,
}
