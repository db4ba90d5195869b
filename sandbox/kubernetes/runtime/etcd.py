"""The one etcd behind all API servers of a sandbox, on sockets in the state directory: no port, and nobody else's way in."""

from __future__ import annotations

import http.client
import json
import os
import socket
from base64 import b64encode
from pathlib import Path

from sandbox.kubernetes.runtime import places
from sandbox.kubernetes.runtime.processes import Program

SOCKET, PEERS = "etcd:1", "peers:1"
URL = f"unix://{SOCKET}"
"""As its clients say it: they run in the same folder, as a whole path may be too long (107 characters, unix(7)). etcd wants a port."""

ANSWER_SECONDS = 10.0


def program(state: Path, executable: Path) -> Program:
    """How etcd is run. It does not wait for the disk: a kill loses nothing, a loss of power may, as in the clouds' store."""
    home = places.root(state)
    peers = f"unix://{PEERS}"
    flags = {
        "name": "sandbox",
        "data-dir": "etcd",
        "listen-client-urls": URL,
        "advertise-client-urls": URL,
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": f"sandbox={peers}",
        "unsafe-no-fsync": "true",
        "snapshot-count": "5000",
        "auto-compaction-mode": "periodic",
        "auto-compaction-retention": "5m",
        "quota-backend-bytes": str(2 * 2**30),
        "log-level": "warn",
    }
    command = (str(executable), *(f"--{name}={value}" for name, value in flags.items()))
    return Program("etcd", home, command, home, {"GOGC": "50", "GOMAXPROCS": "2"})


def is_healthy(state: Path) -> bool:
    """Whether it answers reads and writes."""
    try:
        answer = _ask(state, "GET", "/health", None)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    return answer.get("health") == "true"


def delete_prefix(state: Path, prefix: str) -> None:
    """Forget all keys that start with `prefix`. Raises OSError where etcd does not answer."""
    first = prefix.encode()
    after = first[:-1] + bytes([first[-1] + 1])
    body = {"key": b64encode(first).decode(), "range_end": b64encode(after).decode()}
    _ask(state, "POST", "/v3/kv/deleterange", body)


def _ask(state: Path, method: str, path: str, body: dict[str, str] | None) -> dict[str, object]:
    """One request of etcd's JSON interface (etcd documentation, "gRPC gateway")."""
    connection = _Connection(places.root(state) / SOCKET)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise OSError(f"etcd answers {path} with {answer.status}: {content[:200]!r}")
        found: dict[str, object] = json.loads(content)
        return found
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket file. Its folder is opened first and the file named through it, since a whole path may be too long."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._file = file

    def connect(self) -> None:
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(ANSWER_SECONDS)
            self.sock.connect(f"/proc/self/fd/{folder}/{self._file.name}")
        finally:
            os.close(folder)
