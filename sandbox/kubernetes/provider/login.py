"""Gets what a request is sent with to prove who asks: a token or a client certificate, by a plugin's program where the kubeconfig says so.

Source: Kubernetes documentation, "client-go credential plugins" (client.authentication.k8s.io/v1 and v1beta1), 2026.
"""

from __future__ import annotations

import json
import subprocess
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.kubernetes.provider.kubeconfig import Connection, Plugin
from sandbox.kubernetes.provider.problem import LoginFailed

API = "client.authentication.k8s.io"
VERSIONS = (f"{API}/v1", f"{API}/v1beta1")
PLUGIN_SECONDS = 60.0
EARLY = timedelta(seconds=15)
"""A token is renewed that long before it ends: the request that carries it takes time."""


@dataclass(frozen=True)
class Credential:
    """token: empty where a certificate proves it. certificate, key: PEM. ends: None where it does not say."""

    token: str = ""
    certificate: bytes = b""
    key: bytes = b""
    ends: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.ends is None or now < self.ends - EARLY


@dataclass
class Keyring:
    """The credential of one connection, kept until it ends. environment, directory: where plugins run, as they would under kubectl."""

    connection: Connection
    environment: Mapping[str, str]
    directory: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: Credential | None = None

    def credential(self) -> Credential:
        """A credential that holds now. Raises LoginFailed where a plugin gives none."""
        with self._lock:
            if self._kept is None or not self._kept.holds(datetime.now(UTC)):
                self._kept = self._obtain()
            return self._kept

    def forget(self) -> None:
        """The server took it for invalid: get another one next time."""
        with self._lock:
            self._kept = None

    def _obtain(self) -> Credential:
        login = self.connection.login
        if login.plugin is not None:
            return self._ask(login.plugin)
        if login.token_file is not None:
            return self._read_file(login.token_file)
        return Credential(login.token, login.certificate, login.key)

    def _read_file(self, path: Path) -> Credential:
        """Read again every minute, as client-go does: whoever put it there renews it."""
        try:
            return Credential(path.read_text().strip(), ends=datetime.now(UTC) + timedelta(minutes=1) + EARLY)
        except OSError as error:
            raise LoginFailed(f"{self.connection}: token file {path}: {error.strerror}") from error

    def _ask(self, plugin: Plugin) -> Credential:
        if plugin.api_version not in VERSIONS:
            raise LoginFailed(f"{self.connection}: exec plugin version {plugin.api_version!r} is none of {', '.join(VERSIONS)}")
        command = [plugin.command, *plugin.arguments]
        information = {"KUBERNETES_EXEC_INFO": json.dumps(self._information(plugin))}
        try:
            ended = subprocess.run(
                command,
                env={**self.environment, **plugin.environment, **information},
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PLUGIN_SECONDS,
            )
        except FileNotFoundError as error:
            hint = plugin.install_hint or "install it, or put it on PATH"
            raise LoginFailed(f"{self.connection}: to log in needs `{plugin.command}`, which is not there: {hint}") from error
        except subprocess.TimeoutExpired as error:
            raise LoginFailed(f"{self.connection}: `{' '.join(command)}` gave no credential in {PLUGIN_SECONDS:.0f} s") from error
        if ended.returncode != 0:
            said = (ended.stderr.strip() or ended.stdout.strip())[-1000:]
            raise LoginFailed(f"{self.connection}: `{' '.join(command)}` gives no credential (exit {ended.returncode}): {said}")
        return self._read(ended.stdout, plugin)

    def _information(self, plugin: Plugin) -> Mapping[str, object]:
        spec: dict[str, object] = {"interactive": False}
        if plugin.tells_cluster:
            connection = self.connection
            server: dict[str, object] = {"server": connection.server}
            if connection.authority:
                server["certificate-authority-data"] = b64encode(connection.authority).decode()
            if connection.proxy:
                server["proxy-url"] = connection.proxy
            spec["cluster"] = server
        return {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}

    def _read(self, text: str, plugin: Plugin) -> Credential:
        try:
            answer = json.loads(text)
            status = answer["status"]
            ends = datetime.fromisoformat(status["expirationTimestamp"]) if status.get("expirationTimestamp") else None
            certificate, key = status.get("clientCertificateData", ""), status.get("clientKeyData", "")
            credential = Credential(status.get("token", ""), certificate.encode(), key.encode(), ends)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LoginFailed(f"{self.connection}: `{plugin.command}` answers no ExecCredential: {error!r}") from error
        if answer.get("apiVersion") != plugin.api_version or not (credential.token or credential.certificate):
            raise LoginFailed(f"{self.connection}: `{plugin.command}` answers no {plugin.api_version} ExecCredential with a credential")
        return credential
