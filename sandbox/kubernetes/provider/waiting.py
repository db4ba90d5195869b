"""Waits until an object is ready or gone, says meanwhile what for, and afterwards, if in vain, what the cluster has to say about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.kubernetes.provider.api import Api, Object, Resource
from sandbox.kubernetes.provider.objects import SKIP_AWAIT, TIMEOUT_SECONDS, annotation, at, label, metadata, name_of, namespace_of
from sandbox.kubernetes.provider.problem import Interrupted, LoginFailed, NotReady, Problem, Unreachable, Values
from sandbox.kubernetes.provider.readiness import Standing, conditions, judgement

TIMEOUT = 600.0
"""Seconds; the official provider's (provider/pkg/await/await.go, 2026-07)."""
SHORT: Mapping[str, float] = {"ResourceQuota": 60.0, "Secret": 5.0, "PersistentVolume": 300.0, "PersistentVolumeClaim": 300.0}
STEPS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
LOST_SECONDS = 60.0
"""For how long a server that is lost in the middle of a wait may stay away: it may be restarted."""
LOOK_PATIENCE = 1.0
"""Seconds: who waits asks again, whatever became of other requests."""
EVENTS, PODS = 5, 3


@dataclass(frozen=True)
class Waiter:
    """Who waits in one call. say: a progress line; alive: whether the engine still wants the answer; ending: set when nobody does."""

    api: Api
    say: Callable[[str], None]
    alive: Callable[[], bool]
    ending: threading.Event

    def ready(self, resource: Resource, live: Object, seconds: float) -> Object:
        """The object when it is ready. Raises NotReady when it failed or the time is over, Unreachable, Interrupted."""
        judge = judgement(resource.api_version, resource.kind)
        if judge is None or annotation(live, SKIP_AWAIT) == "true":
            return live
        seen = {"live": live}

        def look() -> Standing:
            if "looked" in seen:
                found = self.api.get(resource, namespace_of(live), name_of(live), LOOK_PATIENCE)
                if found is None:
                    return Standing(False, "", "it was deleted meanwhile")
                seen["live"] = found
            seen["looked"] = live
            return self._late_bound(seen["live"], judge(seen["live"]))

        standing = self.until(look, seconds, label(live))
        if standing.ready:
            return seen["live"]
        raise self.not_ready(seen["live"], standing, seconds)

    def standing(self, resource: Resource, live: Object) -> Standing | None:
        """How it stands now; None for what is never waited for."""
        judge = judgement(resource.api_version, resource.kind)
        if judge is None or annotation(live, SKIP_AWAIT) == "true":
            return None
        return self._late_bound(live, judge(live))

    def gone(self, resource: Resource, live: Object, seconds: float) -> None:
        """Return when the object is gone. Raises NotReady when the time is over, Unreachable, Interrupted."""
        left = {"live": live}

        def look() -> Standing:
            found = self.api.get(resource, namespace_of(live), name_of(live), LOOK_PATIENCE)
            if found is None or metadata(found).get("uid") != metadata(live).get("uid"):
                return Standing(True, "")
            left["live"] = found
            return Standing(False, f"its end: {what_holds(found)}")

        standing = self.until(look, seconds, label(live))
        if not standing.ready:
            reasons = [
                f"cluster {self.api.where}: {label(live)} is not gone after {seconds:.0f} s: {what_holds(left['live'])}",
                "see who is to take these finalizers away and whether it runs; the next run waits again",
            ]
            raise NotReady(left["live"], reasons)

    def not_ready(self, live: Object, standing: Standing, seconds: float | None) -> NotReady:
        """The reasons for the engine: the cluster, the object, what was awaited, what the cluster says, what to do."""
        waited = "" if seconds is None or standing.failed else f" after {seconds:.0f} s"
        problem = standing.failed or f"still waiting for {standing.awaited}"
        found = [f"cluster {self.api.where}: {label(live)} is not ready{waited}: {problem}"]
        found += [f"condition {type}={status}: {message}" for type, status, message in conditions(live) if message and status != "True"]
        found += self._said_of(live)
        return NotReady(live, [*found, standing.advice] if standing.advice else found)

    def _late_bound(self, live: Object, standing: Standing) -> Standing:
        """A claim of a class that waits for the first pod is ready while it waits (storage.k8s.io, `volumeBindingMode`)."""
        name = at(live, "spec", "storageClassName")
        if live.get("kind") != "PersistentVolumeClaim" or standing.ready or not isinstance(name, str) or not name:
            return standing
        classes = self.api.resource("storage.k8s.io/v1", "StorageClass")
        found = self.api.get(classes, "", name) if classes else None
        return Standing(True, "") if at(found, "volumeBindingMode") == "WaitForFirstConsumer" else standing

    def until(self, look: Callable[[], Standing], seconds: float, what: str) -> Standing:
        """Look until it is ready or has failed, ever more rarely. Raises Unreachable where the server stays away, LoginFailed at once."""
        start = reached = time.monotonic()
        said, step = "", 0
        while True:
            try:
                standing = look()
                reached = time.monotonic()
            except Unreachable as lost:
                now = time.monotonic()
                if isinstance(lost, LoginFailed) or now - reached > LOST_SECONDS or now - start >= seconds:
                    raise
                standing = Standing(False, "the API server to come back")
            now = time.monotonic()
            if standing.ready or standing.failed or now - start >= seconds:
                if said:
                    self.say("")
                return standing
            text = f"{what} in cluster {self.api.where}: waiting for {standing.awaited}"
            if text != said and step >= len(STEPS) - 2:
                self.say(text)
                said = text
            if not self.alive() or self.ending.wait(min(STEPS[step], max(0.0, start + seconds - now))):
                raise Interrupted(f"cluster {self.api.where}: nobody waits any more for {what}")
            step = min(step + 1, len(STEPS) - 1)

    def _said_of(self, live: Object) -> list[str]:
        """The newest warnings about the object and, for a workload, about its pods; what cannot be asked now is left out, and said so."""
        try:
            pods = self._pods(live)
            named = [live, *self._replica_sets(live), *pods]
            return [text for item in named for text in self._events(item)][:EVENTS] + [_pod_line(pod) for pod in pods[:PODS]]
        except Problem as problem:
            return [f"its events cannot be asked for: {problem}"]

    def _events(self, item: Object) -> list[str]:
        resource = self.api.resource("v1", "Event")
        fields = f"involvedObject.name={name_of(item)},involvedObject.kind={item.get('kind')},type=Warning"
        found = self.api.search(resource, namespace_of(item) or "default", fields=fields) if resource else []
        newest = sorted(found, key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""), reverse=True)
        return list(dict.fromkeys(f"event {event.get('reason')} of {label(item)}: {event.get('message')}" for event in newest))

    def _replica_sets(self, live: Object) -> list[Object]:
        return self._selected(live, "apps/v1", "ReplicaSet") if live.get("kind") == "Deployment" else []

    def _pods(self, live: Object) -> list[Object]:
        found = self._selected(live, "v1", "Pod") if at(live, "spec", "template") else []
        return [pod for pod in found if at(pod, "status", "phase") not in ("Running", "Succeeded")]

    def _selected(self, live: Object, api_version: str, kind: str) -> list[Object]:
        labels = at(live, "spec", "selector", "matchLabels")
        resource = self.api.resource(api_version, kind)
        if not isinstance(labels, Mapping) or resource is None:
            return []
        items = self.api.search(resource, namespace_of(live), ",".join(f"{key}={value}" for key, value in labels.items()))
        return [{"kind": kind, **item} for item in items]


def seconds_of(inputs: Values, custom: float) -> float:
    """How long to wait: `customTimeouts`, else the annotation pulumi.com/timeoutSeconds, else the kind's own."""
    said = annotation(inputs, TIMEOUT_SECONDS)
    if custom:
        return custom
    return float(said) if said.isdigit() else SHORT.get(str(inputs.get("kind")), TIMEOUT)


def what_holds(live: Values) -> str:
    """What keeps an object that is being deleted."""
    if not metadata(live).get("deletionTimestamp"):
        return "its deletion is not taken on yet"
    finalizers = [*_texts(metadata(live).get("finalizers")), *_texts(at(live, "spec", "finalizers"))]
    remaining = [
        message
        for type, status, message in conditions(live)
        if status == "True" and message and type != "NamespaceDeletionDiscoveryFailure"
    ]
    failures = [message for type, status, message in conditions(live) if status == "True" and type == "NamespaceDeletionDiscoveryFailure"]
    return "; ".join([f"held by finalizers {', '.join(finalizers)}" if finalizers else "being deleted", *failures, *remaining])


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _pod_line(pod: Object) -> str:
    states = at(pod, "status", "containerStatuses")
    reasons = [str(at(state, "state", "waiting", "reason") or "") for state in states] if isinstance(states, list) else []
    unscheduled = [message for type, status, message in conditions(pod) if type == "PodScheduled" and status == "False"]
    return f"pod {name_of(pod)}: {at(pod, 'status', 'phase')} {' '.join(filter(None, [*reasons, *unscheduled]))}".rstrip()
