"""Answers API servers' TokenReviews and SubjectAccessReviews in the clouds' place, over TLS on 127.0.0.1.

Source: Kubernetes API reference, TokenReview (authentication.k8s.io/v1) and SubjectAccessReview (authorization.k8s.io/v1), 1.35.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

from sandbox.cloud.database import Store
from sandbox.cloud.view import View
from sandbox.kubernetes.access import eks, gke, webhooks
from sandbox.kubernetes.access.judging import Cloud, Court, User
from sandbox.kubernetes.access.rules import Asked
from sandbox.kubernetes.access.serving import Serving
from sandbox.kubernetes.access.webhooks import ACCESS, TOKEN
from sandbox.kubernetes.facts import clusters

CLOUDS: Final[Mapping[str, Cloud]] = {"aws": eks, "gcp": gke}
IDLE_SECONDS: Final = 120.0
Values = Mapping[str, Any]


class Service:
    """Serves from when it is made until it is closed."""

    def __init__(self, state: Path, store: Store) -> None:
        self._server = _listen(state, store)
        threading.Thread(target=self._server.serve_forever, name="access", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _listen(state: Path, store: Store) -> _Server:
    """On the kept port, or on another where somebody else has taken it meanwhile: API servers are then started anew."""
    try:
        return _Server(state, store, webhooks.allot(state))
    except OSError:
        return _Server(state, store, webhooks.allot(state, anew=True))


class _Server(Serving):
    def __init__(self, state: Path, store: Store, place: webhooks.Place) -> None:
        self.state = state
        self.store = store
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(place.serving)
        super().__init__(place.port, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: a client that is slow to greet keeps nobody waiting."""
        request.settimeout(IDLE_SECONDS)
        with self._context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def answer(self, key: str, question: str, review: Values) -> Values | None:
        """The status of a review, None for a question that nobody answers."""
        view = View(self.store, None)
        cluster = next((facts for facts in clusters(view) if facts.key == key), None)
        if cluster is None or question not in (TOKEN, ACCESS):
            return None
        court, cloud = Court(self.state, view, cluster), CLOUDS[cluster.cloud]
        return _identify(court, cloud, review["spec"]) if question == TOKEN else _decide(court, cloud, review["spec"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, key, question = (*self.path.partition("?")[0].split("/"), "", "")[:3]
        review = json.loads(content)
        status = self.server.answer(key, question, review)
        body = json.dumps({**review, "status": status}).encode() if status is not None else b""
        head = f"HTTP/1.1 {'200 OK' if body else '404 Not Found'}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: every request of every cluster would be a line."""


def _identify(court: Court, cloud: Cloud, spec: Values) -> Values:
    user = cloud.who(court, str(spec.get("token", "")), datetime.now(UTC))
    if user is None:
        return {"authenticated": False}
    extra = {name: list(values) for name, values in user.extra.items()}
    return {"authenticated": True, "user": {"username": user.name, "uid": user.uid, "groups": list(user.groups), "extra": extra}}


def _decide(court: Court, cloud: Cloud, spec: Values) -> Values:
    """The API server writes names of extra values in small letters."""
    extra = {name.lower(): values for name, values in (spec.get("extra") or {}).items()}
    user = User(str(spec.get("user", "")), str(spec.get("uid", "")), tuple(spec.get("groups") or ()), extra)
    verdict = cloud.may(court, user, _asked(spec))
    return {"allowed": verdict.allowed, "reason": verdict.reason}


def _asked(spec: Values) -> Asked:
    there, url = spec.get("resourceAttributes") or {}, spec.get("nonResourceAttributes") or {}
    if url:
        return Asked(verb=url.get("verb", ""), url=url.get("path", ""))
    resource = "/".join(part for part in (there.get("resource", ""), there.get("subresource", "")) if part)
    return Asked(there.get("verb", ""), there.get("group", ""), resource, there.get("namespace", ""))
