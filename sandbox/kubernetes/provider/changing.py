"""Makes, changes, reads and deletes objects in a cluster, as the official provider does: create, then server-side apply, then wait.

Source: pulumi-kubernetes provider/pkg/await/await.go and its how-to "Managing resources with server-side apply", 2026-07.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.kubernetes.provider.api import Api, Object, Resource, Writing
from sandbox.kubernetes.provider.managers import adopted, are_adopted, handed_over, managers, owners
from sandbox.kubernetes.provider.objects import (
    PATCH_FORCE,
    PROPAGATION,
    SKIP_AWAIT,
    Type,
    annotation,
    body_of,
    label,
    metadata,
    name_of,
    namespace_of,
    with_metadata,
)
from sandbox.kubernetes.provider.problem import BrokenOff, NotReady, NotVerified, Problem, Refused, Values
from sandbox.kubernetes.provider.readiness import Standing
from sandbox.kubernetes.provider.transport import REFUSED_SECONDS
from sandbox.kubernetes.provider.waiting import Waiter, seconds_of

CREATOR = "pulumi-kubernetes"
"""Field manager of a create; the first update hands its fields over to the manager of server-side apply."""
KIND_SECONDS = 15.0
"""How long a kind that the server does not know is waited for: its definition may have been made a moment ago."""
ATTEMPTS = 5
CLOCKS = timedelta(seconds=2)
"""The API server says whole seconds."""
WEBHOOK = "failed calling webhook"
"""What the API server says (500) where an admission webhook that must be asked does not answer."""
POLICIES = {"orphan": "Orphan", "background": "Background"}
NO_WAIT_FOR_DELETE = frozenset({"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"})
"""Kinds whose annotation pulumi.com/skipAwait holds for deletion too (provider/pkg/metadata/overrides.go)."""


class KindMissing(Problem):
    """The API server has no such kind."""


@dataclass(frozen=True)
class Change:
    """One object's change. manager: of its fields; seconds: `customTimeouts`, 0 where there are none; force: take over others' fields."""

    type: Type
    inputs: Values
    manager: str
    seconds: float = 0.0
    force: bool = False
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changer:
    """Changes objects of one cluster for one call of the engine. Every method raises Unreachable, and Refused with a text of ours."""

    api: Api
    waiter: Waiter

    def preview(self, change: Change, *, updating: bool) -> Object | None:
        """What the server would make of it; None where it cannot say yet: the kind or the namespace is still to be made.

        Raises NotVerified where one that the server asks does not answer.
        """
        resource = self.api.resource(change.type.api_version, change.type.kind)
        if resource is None:
            return None
        try:
            if updating or change.type.patch:
                return self._apply(resource, change, dry_run=True)
            return self._create(resource, change, dry_run=True)
        except Refused as refused:
            if self._may_change(refused, resource, change, updating=updating):
                return None
            explained = _explained(refused, self.api, change, "would not be taken", self._there(resource, change))
            if WEBHOOK in refused.message:
                raise NotVerified(str(explained)) from refused
            raise explained from refused

    def create(self, change: Change, upsert: bool = False) -> Object:
        """Make the object and wait until it is ready. upsert: one that is there already becomes ours. Raises NotReady."""
        resource = self._resource(change)
        try:
            made = self._apply(resource, change) if upsert or change.type.patch else self._make(resource, change)
        except Refused as refused:
            raise _explained(refused, self.api, change, "was not made", self._there(resource, change)) from refused
        return self.waiter.ready(resource, made, seconds_of(change.inputs, change.seconds))

    def update(self, change: Change) -> Object:
        """Apply the inputs to the object that is there, and wait until it is ready. Raises NotReady."""
        resource = self._resource(change)
        try:
            if not change.type.patch:
                self._take_over(resource, change)
            made = self._apply(resource, change)
        except Refused as refused:
            raise _explained(refused, self.api, change, "was not changed", self._there(resource, change)) from refused
        return self.waiter.ready(resource, made, seconds_of(change.inputs, change.seconds))

    def read(self, type: Type, namespace: str, name: str) -> Object | None:
        """The live object; None where it, or its kind, is gone."""
        resource = self.api.resource(type.api_version, type.kind)
        return self.api.get(resource, namespace, name) if resource is not None else None

    def standing(self, type: Type, live: Object) -> NotReady | None:
        """Why a live object is not ready, None where it is."""
        resource = self.api.resource(type.api_version, type.kind)
        standing = self.waiter.standing(resource, live) if resource is not None else None
        return self.waiter.not_ready(live, standing, None) if standing is not None and not standing.ready else None

    def delete(self, change: Change, namespace: str, name: str) -> None:
        """Delete the object and wait until it is gone; nothing there is fine. Raises NotReady."""
        resource = self.api.resource(change.type.api_version, change.type.kind)
        live = self.api.get(resource, namespace, name) if resource is not None else None
        if resource is None or live is None:
            return
        try:
            if change.type.patch:
                self._release(resource, change, live)
                return
            policy = POLICIES.get(annotation(change.inputs, PROPAGATION).lower(), "Foreground")
            self.api.delete(resource, namespace, name, policy, str(metadata(live).get("uid") or ""))
        except Refused as refused:
            raise _explained(refused, self.api, change, "was not deleted") from refused
        if not (annotation(change.inputs, SKIP_AWAIT) == "true" and change.type.kind in NO_WAIT_FOR_DELETE):
            self.waiter.gone(resource, live, seconds_of({"kind": change.type.kind, **change.inputs}, change.seconds))

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    def _may_change(self, refused: Refused, resource: Resource, change: Change, *, updating: bool) -> bool:
        """Whether what is refused at a preview may be taken at the update: what is in the way may be gone, or there, by then."""
        if refused.code == 403 and "is forbidden: User" in refused.message:
            return True
        if refused.reason == "AlreadyExists" and not updating:
            live = self._there(resource, change)()
            return live is None or any(name.startswith(CREATOR) for name in managers(live))
        return refused.code == 404 and not updating

    def _make(self, resource: Resource, change: Change) -> Object:
        """Create it. One of its name that is being deleted is waited for; one that a broken-off request made is ours."""
        begun = datetime.now(UTC) - CLOCKS
        broken = False
        while True:
            try:
                return self._create(resource, change)
            except BrokenOff:
                if broken:
                    raise
                broken = True
            except Refused as refused:
                live = self._there(resource, change)() if refused.reason == "AlreadyExists" else None
                if live is None:
                    raise
                if broken and _is_from(live, begun):
                    return live
                if not metadata(live).get("deletionTimestamp"):
                    raise
                self._outlive(resource, live, change)

    def _outlive(self, resource: Resource, live: Object, change: Change) -> None:
        """Wait until an object of the same name is gone; it is not the one that is being made."""
        try:
            self.waiter.gone(resource, live, seconds_of(change.inputs, change.seconds))
        except NotReady as still_there:
            raise Problem(f"{still_there}. It was not made again: its name is free when the old one is gone") from still_there

    def _create(self, resource: Resource, change: Change, *, dry_run: bool = False) -> Object:
        return self.api.create(resource, namespace_of(change.inputs), body_of(change.inputs), Writing(CREATOR, dry_run))

    def _apply(self, resource: Resource, change: Change, *, dry_run: bool = False) -> Object:
        force = change.force or annotation(change.inputs, PATCH_FORCE) == "true"
        namespace, name = namespace_of(change.inputs), name_of(change.inputs)
        body = body_of(change.inputs)
        if change.ignored or (dry_run and not change.type.patch):
            live = self.api.get(resource, namespace, name)
            if live is None:
                raise Refused(self.api.where, 404, "NotFound", "it is not there any more")
            body = handed_over(body, live, change.manager, change.ignored)
        try:
            return self.api.apply(resource, namespace, name, body, Writing(change.manager, dry_run, force))
        except Refused as refused:
            if not dry_run or not are_adopted(refused.details):
                raise
            return self.api.apply(resource, namespace, name, body, Writing(change.manager, dry_run, force=True))

    def _take_over(self, resource: Resource, change: Change) -> None:
        """What a create or a kubectl apply owns becomes the manager's: fields that nobody else owns can be taken away again.

        A controller may write the object meanwhile; then it is looked at again.
        """
        namespace, name = namespace_of(change.inputs), name_of(change.inputs)
        for attempt in range(ATTEMPTS):
            live = self.api.get(resource, namespace, name)
            if live is None:
                raise Refused(self.api.where, 404, "NotFound", "it is not there any more")
            entries = adopted(live, change.manager)
            if entries is None:
                return
            version: Values = {"op": "test", "path": "/metadata/resourceVersion", "value": metadata(live).get("resourceVersion")}
            replaced: Values = {"op": "replace", "path": "/metadata/managedFields", "value": entries}
            try:
                self.api.patch(resource, namespace, name, [version, replaced], change.manager)
                return
            except Refused as refused:
                if attempt == ATTEMPTS - 1 or refused.code not in (409, 422):
                    raise

    def _release(self, resource: Resource, change: Change, live: Object) -> None:
        """Own nothing of an object any more: an apply that says nothing."""
        nothing = with_metadata(
            {"apiVersion": live["apiVersion"], "kind": live["kind"]}, name=name_of(live), namespace=namespace_of(live) or None
        )
        self.api.apply(resource, namespace_of(live), name_of(live), nothing, Writing(change.manager))

    def _resource(self, change: Change) -> Resource:
        """The kind's resource; one that is not there is waited for, a little."""
        found: list[Resource] = []

        def look() -> Standing:
            resource = self.api.resource(change.type.api_version, change.type.kind, REFUSED_SECONDS)
            found[:] = [resource] if resource is not None else []
            return Standing(bool(found), f"the kind {change.type.kind} of {change.type.api_version}")

        self.waiter.until(look, KIND_SECONDS, label(change.inputs))
        if not found:
            kind = f"{change.type.kind} in {change.type.api_version}"
            raise KindMissing(
                f"cluster {self.api.where}: {label(change.inputs)}: the API server has no kind {kind} after {KIND_SECONDS:.0f} s. "
                "Is its CustomResourceDefinition, or the chart that brings it, installed, and does the resource depend on it?"
            )
        return found[0]

    def _there(self, resource: Resource, change: Change) -> Callable[[], Object | None]:
        return lambda: self.api.get(resource, namespace_of(change.inputs), name_of(change.inputs))


def _is_from(live: Object, begun: datetime) -> bool:
    """Whether an object was created since then, by a request of ours."""
    made = metadata(live).get("creationTimestamp")
    return isinstance(made, str) and datetime.fromisoformat(made) >= begun and CREATOR in managers(live)


def _explained(refused: Refused, api: Api, change: Change, outcome: str, there: Callable[[], Object | None] | None = None) -> Refused:
    """The refusal with the cluster, the object, and what to do about it."""
    advice = _advice(refused, there)
    text = f"cluster {api.where}: {label(change.inputs)} {outcome}: {refused.message}{'. ' + advice if advice else ''}"
    return Refused(refused.where, refused.code, refused.reason, text, refused.details)


def _advice(refused: Refused, there: Callable[[], Object | None] | None) -> str:
    message = refused.message
    if refused.reason == "AlreadyExists":
        live = there() if there else None
        mine = live is not None and any(name.startswith(CREATOR) for name in managers(live))
        return (
            f"It is not this stack's: its fields belong to {owners(live) if live else 'somebody else'}. {_TAKEN}{_CUT_OFF if mine else ''}"
        )
    if refused.reason == "Conflict" and "conflict" in message:
        causes = refused.details.get("causes")
        fields = [str(cause.get("field")) for cause in causes if isinstance(cause, Mapping)] if isinstance(causes, list) else []
        return f"Others own {', '.join(dict.fromkeys(fields)) or 'some of its fields'}. {_CONFLICT}"
    if "exceeded quota" in message:
        return "Raise the quota, ask for less, or see what uses it: `kubectl describe resourcequota`"
    if WEBHOOK in message:
        return f"Is the webhook's service running? Until it is, nothing that it judges can change: `kubectl get {_WEBHOOKS}`"
    if "is being terminated" in message:
        return "Wait until the namespace is gone, or see what holds it: `kubectl get namespace -o yaml`"
    if refused.code == 404 and "any more" in message:
        return "`pulumi refresh` finds out, and the next `pulumi up` makes it again"
    if refused.code == 404 and "namespaces" in message:
        return "Make the namespace first: let the resource depend on it"
    if refused.code == 403 and "User" in message:
        return "The kubeconfig's user may not do that: see its access to the cluster"
    return ""


_WEBHOOKS = "validatingwebhookconfigurations,mutatingwebhookconfigurations"
_TAKEN = (
    "Import it (`pulumi import`) to make it this stack's, own some of its fields by a patch resource, or give another name; "
    "the provider's upsertExistingObjects would take it over"
)
_CUT_OFF = ". Where a run that was cut off made it, `fleet recover` finds it again"
_CONFLICT = (
    "Give the fields up here (ignoreChanges), make the others stop setting them, or take them over with the annotation "
    'pulumi.com/patchForce: "true"'
)
