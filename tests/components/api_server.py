"""A real API server that a test starts on its own: etcd and kube-apiserver on loopback, a token for each user that the test names."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import toolchain
from toolchain.tools import named

READY_SECONDS = 120
GROUPS = {"deployer": "system:masters"}
"""Who made everything: users that a test adds come beside it."""


@dataclass(frozen=True)
class Answer:
    """What the API server said. warnings: of deprecated APIs, of Pod Security, of fields that it does not know."""

    status: int
    body: Mapping[str, Any]
    warnings: tuple[str, ...]

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


@dataclass(frozen=True)
class ApiServer:
    """An API server that answers. Every user's token is the user's name."""

    port: int

    def ask(self, user: str, method: str, path: str, body: Mapping[str, Any] | None = None, form: str = "application/json") -> Answer:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=ssl._create_unverified_context())
        headers = {"Authorization": f"Bearer {user}", "Content-Type": form}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        answered = json.loads(text) if text.startswith("{") else {"message": text}
        return Answer(response.status, answered, tuple(response.headers.get_all("Warning") or ()))

    def apply(self, user: str, item: Mapping[str, Any]) -> Answer:
        """Server-side apply as the Kubernetes provider does it, with unknown fields refused."""
        query = "fieldManager=fleet&fieldValidation=Strict"
        return self.ask(user, "PATCH", f"{path_of(item)}?{query}", item, "application/apply-patch+yaml")


def path_of(item: Mapping[str, Any]) -> str:
    """Where an object is: all the kinds that fleet makes have regular plurals."""
    group, metadata = item["apiVersion"], item["metadata"]
    kind = item["kind"].lower()
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}es" if kind.endswith("s") else f"{kind}s"
    place = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"/{'apis' if '/' in group else 'api'}/{group}{place}/{plural}/{metadata['name']}"


@contextmanager
def running(directory: Path, groups: Mapping[str, str]) -> Iterator[ApiServer]:
    """Start one and stop it at the end. groups: user -> the group it is in."""
    users = {**GROUPS, **groups}
    lines = [f'{user},{user},{user},"{group}"' for user, group in users.items()]
    (directory / "tokens.csv").write_text("\n".join(lines))
    (directory / "accounts.key").write_bytes(_key())
    client, peer, port = (_free_port() for _ in range(3))
    etcd = ["--data-dir", "etcd", "--listen-client-urls", _url(client), "--advertise-client-urls", _url(client)]
    etcd += ["--listen-peer-urls", _url(peer), "--initial-advertise-peer-urls", _url(peer), "--initial-cluster", f"default={_url(peer)}"]
    server = ["--etcd-servers", _url(client), "--bind-address", "127.0.0.1", "--secure-port", str(port), "--cert-dir", "certificates"]
    server += ["--token-auth-file", "tokens.csv", "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16"]
    server += ["--service-account-issuer", "https://accounts.example", "--service-account-key-file", "accounts.key"]
    server += ["--service-account-signing-key-file", "accounts.key"]
    with _program(directory, "etcd", etcd), _program(directory, "kube-apiserver", server) as process:
        made = ApiServer(port)
        _await(made, process, directory / "kube-apiserver.log")
        yield made


@contextmanager
def _program(directory: Path, name: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    found = toolchain.locate(named(name))
    assert found is not None, f"there is no {name} on this machine: run `make toolchain`"
    with (directory / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([found.path, *arguments], cwd=directory, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _await(server: ApiServer, process: subprocess.Popen[bytes], log: Path) -> None:
    ending = time.monotonic() + READY_SECONDS
    while time.monotonic() < ending:
        assert process.poll() is None, f"kube-apiserver ended:\n{log.read_text()[-2000:]}"
        if _is_ready(server):
            return
        time.sleep(0.2)
    raise AssertionError(f"kube-apiserver is not ready after {READY_SECONDS} s:\n{log.read_text()[-2000:]}")


def _is_ready(server: ApiServer) -> bool:
    try:
        return server.ask("deployer", "GET", "/readyz").status == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
