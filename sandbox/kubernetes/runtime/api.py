"""The sandbox's own way into an API server: a client certificate, one connection, a handful of verbs on plain JSON."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

from sandbox.kubernetes.runtime.places import Place

ANSWER_SECONDS: Final = 10.0
MANAGER: Final = "sandbox"
"""Field manager of what the sandbox applies on the clouds' behalf."""

Values = Mapping[str, object]
COLLECTIONS: Final[Mapping[str, str]] = {
    "CustomResourceDefinition": "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "DaemonSet": "/apis/apps/v1/namespaces/{namespace}/daemonsets",
    "Deployment": "/apis/apps/v1/namespaces/{namespace}/deployments",
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/namespaces/{namespace}/pods",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets",
    "ServiceAccount": "/api/v1/namespaces/{namespace}/serviceaccounts",
}


class ApiProblem(Exception):
    """The API server does not answer (status 0) or refuses. The text says what was asked and what it said."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Api:
    """One API server, for one thread. past_doorbell: ask the API server itself, do not wake it."""

    def __init__(self, place: Place, *, past_doorbell: bool = True) -> None:
        self._past_doorbell = past_doorbell
        self._place = place
        self._context = ssl.create_default_context(cafile=str(place.ca_file))
        self._context.load_cert_chain(place.folder / "admin.pem")
        self._connection: http.client.HTTPSConnection | None = None

    def is_ready(self) -> bool:
        """Whether /readyz says ok: storage, roles and priority classes are there."""
        try:
            self._request("GET", "/readyz", None, "")
        except ApiProblem:
            return False
        return True

    def get(self, path: str) -> Values:
        """The object at a path. Raises ApiProblem."""
        return self._request("GET", path, None, "")

    def list(self, kind: str, namespace: str = "", labels: str = "", fields: str = "") -> list[Values]:
        """The objects of a kind that match the selectors. Raises ApiProblem."""
        path = COLLECTIONS[kind].format(namespace=namespace)
        if not namespace:
            path = path.replace("/namespaces/", "")
        found = self.get(f"{path}?labelSelector={quote(labels)}&fieldSelector={quote(fields)}")["items"]
        assert isinstance(found, list)
        return found

    def apply(self, item: Values, subresource: str = "", manager: str = MANAGER) -> Values:
        """Server-side apply, taking over fields that others own. Raises ApiProblem."""
        path = f"{path_of(item)}{subresource and '/' + subresource}?fieldManager={manager}&force=true"
        return self._request("PATCH", path, item, "application/apply-patch+yaml")

    def post(self, path: str, item: Values) -> Values:
        """Create at a path. Raises ApiProblem."""
        return self._request("POST", path, item, "application/json")

    def annotate(self, item: Values, name: str, text: str) -> None:
        """Set an annotation; an object that is gone meanwhile is no error. Raises ApiProblem."""
        try:
            self._request("PATCH", path_of(item), {"metadata": {"annotations": {name: text}}}, "application/merge-patch+json")
        except ApiProblem as problem:
            if problem.status != http.client.NOT_FOUND:
                raise

    def delete(self, path: str, grace_seconds: int | None = None) -> None:
        """Delete what is at a path; nothing there is no error. Raises ApiProblem."""
        options = {} if grace_seconds is None else {"gracePeriodSeconds": grace_seconds}
        try:
            self._request("DELETE", path, {"propagationPolicy": "Background", **options}, "application/json")
        except ApiProblem as problem:
            if problem.status != http.client.NOT_FOUND:
                raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _request(self, method: str, path: str, body: Values | None, form: str) -> Values:
        headers = {"Content-Type": form} if form else {}
        content = json.dumps(body) if body is not None else None
        with self._answering(f"{method} {path}"):
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    self._place.listens,
                    self._place.port,
                    timeout=ANSWER_SECONDS,
                    context=self._context,
                    source_address=(self._place.listens, 0) if self._past_doorbell else None,
                )
            self._connection.request(method, path, content, headers)
            answer = self._connection.getresponse()
            said = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise ApiProblem(answer.status, f"{method} {path} of {self._place.url}: {answer.status} {_message(said)}")
        found: Values = json.loads(said) if said.startswith(b"{") else {}
        return found

    @contextmanager
    def _answering(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ApiProblem(0, f"{what}: {self._place.url} does not answer ({error or type(error).__name__})") from error


def path_of(item: Values) -> str:
    """The path of an object of a kind in COLLECTIONS."""
    metadata = item["metadata"]
    assert isinstance(metadata, Mapping)
    collection = COLLECTIONS[str(item["kind"])].format(namespace=metadata.get("namespace", ""))
    return f"{collection}/{quote(str(metadata['name']))}"


def _message(said: bytes) -> str:
    try:
        return str(json.loads(said).get("message", ""))
    except (ValueError, AttributeError):
        return said[:200].decode(errors="replace")
