"""A cluster's API, as far as objects go: which resources it has, and the verbs on them. Refusals come as values of its own "Status"."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from sandbox.kubernetes.provider.problem import BrokenOff, Refused, Unreachable, Values
from sandbox.kubernetes.provider.transport import NOT_NOW, REFUSED_SECONDS, Answer, Transport

Object = dict[str, object]
PAGE = "500"
APPLY, JSON_PATCH = "application/apply-patch+yaml", "application/json-patch+json"
LOST = ("etcdserver: ", "code = Unavailable", "code = DeadlineExceeded", "context deadline exceeded", "database space exceeded")
"""What the API server says (500) where its store does not answer (etcd documentation, "API errors"; gRPC status codes)."""


@dataclass(frozen=True)
class Resource:
    """One resource of the API: `deployments` of apps/v1 with the kind Deployment."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str = "") -> str:
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        within = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        return f"{root}{within}/{self.plural}{'/' + quote(name) if name else ''}"


@dataclass(frozen=True)
class Writing:
    """How something is written. manager: of its fields; force: take fields over from others; dry_run: only say what would come of it."""

    manager: str
    dry_run: bool = False
    force: bool = False

    def query(self) -> dict[str, str]:
        return {"fieldManager": self.manager, **({"dryRun": "All"} if self.dry_run else {})}


@dataclass
class Api:
    """The API of one cluster. Every method raises Unreachable, and Refused with what the server says."""

    transport: Transport
    _known: dict[str, dict[str, Resource]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def where(self) -> str:
        return self.transport.connection.cluster

    def resource(self, api_version: str, kind: str, patience: float = 0.0) -> Resource | None:
        """The resource of a kind, None where the server has none now; what was not there is looked up again.

        patience: seconds to wait for a server that refuses connections.
        """
        with self._lock:
            known = self._known.get(api_version, {}).get(kind)
        if known is not None:
            return known
        found = self._discover(api_version, patience)
        with self._lock:
            self._known[api_version] = found
        return found.get(kind)

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The object, None where there is none."""
        answer = self.transport.send("GET", resource.path(namespace, name))
        return None if answer.status == 404 else self._object(answer)

    def search(self, resource: Resource, namespace: str = "", labels: str = "", fields: str = "") -> list[Object]:
        """The objects that match the selectors; in all namespaces where none is given."""
        query = {key: value for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}
        found: list[Object] = []
        following = ""
        while True:
            page = {**query, "limit": PAGE, **({"continue": following} if following else {})}
            answer = self._object(self.transport.send("GET", resource.path(namespace), page))
            items, metadata = answer.get("items"), answer.get("metadata")
            found += items if isinstance(items, list) else []
            following = str(metadata.get("continue") or "") if isinstance(metadata, Mapping) else ""
            if not following:
                return found

    def create(self, resource: Resource, namespace: str, item: Values, how: Writing) -> Object:
        """Make an object that is not there yet. Raises BrokenOff where it may have been made: who asks again may find it."""
        return self._write("POST", resource.path(namespace), how.query(), item, "application/json", repeatable=False)

    def apply(self, resource: Resource, namespace: str, name: str, item: Values, how: Writing) -> Object:
        """Server-side apply: the manager's fields become exactly these."""
        query = {**how.query(), "force": "true" if how.force else "false"}
        return self._write("PATCH", resource.path(namespace, name), query, item, APPLY)

    def patch(self, resource: Resource, namespace: str, name: str, operations: list[Values], manager: str) -> Object:
        """JSON patch (RFC 6902)."""
        return self._write("PATCH", resource.path(namespace, name), {"fieldManager": manager}, operations, JSON_PATCH)

    def delete(self, resource: Resource, namespace: str, name: str, propagation: str, uid: str) -> None:
        """Ask for its deletion; one that is gone, or was made anew since, is not touched. propagation: Foreground, Background, Orphan."""
        options: dict[str, object] = {"propagationPolicy": propagation}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            self._write("DELETE", resource.path(namespace, name), {}, options, "application/json")
        except Refused as refused:
            if refused.code != 404 and not (refused.code == 409 and "UID in precondition" in refused.message):
                raise

    def _discover(self, api_version: str, patience: float) -> dict[str, Resource]:
        root = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
        answer = self.transport.send("GET", root, patience=patience)
        if answer.status == 404:
            return {}
        listed = self._object(answer).get("resources")
        found: dict[str, Resource] = {}
        for item in listed if isinstance(listed, list) else []:
            if "/" not in item["name"]:
                found[item["kind"]] = Resource(api_version, item["kind"], item["name"], item["namespaced"])
        return found

    def _write(self, method: str, path: str, query: Mapping[str, str], body: object, form: str, *, repeatable: bool = True) -> Object:
        """repeatable: doing it twice is the same as once, so what was broken off is sent again."""
        content = json.dumps(body).encode()
        try:
            return self._object(self.transport.send(method, path, query, content, form, patience=REFUSED_SECONDS))
        except BrokenOff:
            if not repeatable:
                raise
            return self._object(self.transport.send(method, path, query, content, form, patience=REFUSED_SECONDS))

    def _object(self, answer: Answer) -> Object:
        try:
            said = json.loads(answer.content) if answer.content else {}
        except ValueError:
            said = {"message": answer.content[:500].decode(errors="replace")}
        if answer.status >= 400:
            details = said.get("details")
            message = str(said.get("message") or "no reason given")
            if answer.status == 504 or (answer.status == 500 and any(word in message for word in LOST)):
                raise BrokenOff(f"{self.transport.connection} cannot serve: {message}. See whether its etcd runs, then try again")
            if answer.status in NOT_NOW:
                raise Unreachable(f"{self.transport.connection} cannot serve now: {message} ({answer.status}). Is it starting?")
            raise Refused(
                self.where, answer.status, str(said.get("reason") or ""), message, details if isinstance(details, Mapping) else {}
            )
        found: Object = said
        return found
