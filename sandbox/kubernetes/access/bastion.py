"""Stands for every proxy that `deployer.reach` declares: forwards connections to the clusters' endpoints, and nowhere else.

An HTTP proxy for CONNECT (RFC 9110, section 9.3.6), whatever the declared one speaks: whoever uses it here is told its address.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from pathlib import Path
from typing import Final

from sandbox.kubernetes.access.serving import Serving, port_of
from sandbox.kubernetes.runtime import places
from sandbox.kubernetes.runtime.doorbell import join

CONNECT_SECONDS: Final = 10.0
HEAD_BYTES: Final = 65536
NAME: Final = "bastion"


def url(state: Path) -> str:
    """Where it is, for a kubeconfig's `proxy-url`."""
    return f"http://{places.LOOPBACK}:{port_of(state, NAME)}"


class Bastion:
    """Serves from when it is made until it is closed."""

    def __init__(self, state: Path) -> None:
        try:
            self._server = _Server(state, port_of(state, NAME))
        except OSError:
            self._server = _Server(state, port_of(state, NAME, anew=True))
        threading.Thread(target=self._server.serve_forever, name="bastion", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(Serving):
    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        super().__init__(port, _Visitor)


class _Visitor(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(CONNECT_SECONDS)
        method, target = _asked(self.request)
        place = next((one for one in places.all_places(self.server.state) if one.endpoint == target), None)
        if method != "CONNECT" or place is None:
            self._say("403 Forbidden")
            return
        try:
            cluster = socket.create_connection((place.listens, place.port), timeout=CONNECT_SECONDS)
        except OSError:
            self._say("502 Bad Gateway")
            return
        with cluster:
            self._say("200 Connection established")
            self.request.settimeout(None)
            cluster.settimeout(None)
            join(self.request, cluster)

    def _say(self, status: str) -> None:
        self.request.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())


def _asked(visitor: socket.socket) -> tuple[str, str]:
    """Method and target of the request; both empty for what is none."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
        read = visitor.recv(4096)
        if not read:
            return "", ""
        head += read
    words = head.split(b"\r\n", 1)[0].decode(errors="replace").split(" ")
    return (words[0], words[1]) if len(words) == 3 else ("", "")
