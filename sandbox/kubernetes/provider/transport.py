"""Sends one request to one API server: trusted as its kubeconfig says, through its proxy, logged in, and with an end to all waiting."""

from __future__ import annotations

import ssl
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.util import Timeout

from sandbox.kubernetes.provider.kubeconfig import Connection
from sandbox.kubernetes.provider.login import Credential, Keyring
from sandbox.kubernetes.provider.problem import BrokenOff, KubeconfigProblem, Unreachable

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 35.0
"""An admission webhook may take 30 s (admissionregistration, `timeoutSeconds`), and the API server says so only then."""
REFUSED_SECONDS = 30.0
"""For how long a server that refuses the connection is tried again, where something is to be changed: it may be starting."""
STEP_SECONDS = 0.25
NOT_NOW = (429, 503)
"""What a server says that has nothing done: it is starting, or has too much to do (API concepts, "HTTP status codes")."""
SILENT_SECONDS = 60.0
"""A server that let a request wait in vain is not asked again for so long: an operation has many requests."""
CLOSED_SECONDS = 10.0
"""The same for one that lets nobody in: it may be starting."""
CONNECTIONS = 8


@dataclass(frozen=True)
class Answer:
    """status: of HTTP."""

    status: int
    content: bytes


@dataclass
class Transport:
    """One API server, for any number of threads."""

    connection: Connection
    keyring: Keyring
    ending: threading.Event = field(default_factory=threading.Event)
    _pools: dict[bytes, urllib3.PoolManager] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _silent: tuple[float, str] = (0.0, "")
    """Until when the server is not asked, and why."""
    _closed: tuple[float, str] = (0.0, "")
    """The same of requests without patience."""

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        form: str = "application/json",
        patience: float = 0.0,
    ) -> Answer:
        """The server's answer, whatever it is but 401. patience: seconds to wait for a server that refuses connections.

        Raises Unreachable: no answer, no way there, a certificate that is not trusted, or a credential that is not valid; BrokenOff where
        the connection ended in the middle.
        """
        for until, why in (self._silent, (0.0, "") if patience else self._closed):
            if time.monotonic() < until:
                raise Unreachable(why)
        url = f"{self.connection.server}{path}{'?' + urlencode(query) if query else ''}"
        answer = self._patiently(method, url, body, form, patience)
        if answer.status == 401:
            self.keyring.forget()
            answer = self._patiently(method, url, body, form, patience)
        if answer.status == 401:
            raise Unreachable(f"{self.connection} does not let the kubeconfig's user in (401 Unauthorized): {_who(self.connection)}")
        self._silent = self._closed = (0.0, "")
        return answer

    def close(self) -> None:
        self.ending.set()
        for pool in self._pools.values():
            pool.clear()

    def _patiently(self, method: str, url: str, body: bytes | None, form: str, patience: float) -> Answer:
        end = time.monotonic() + patience
        while True:
            try:
                answer = self._once(method, url, body, form)
                if answer.status not in NOT_NOW or time.monotonic() >= end or self.ending.wait(STEP_SECONDS):
                    return answer
            except _NotListening as error:
                if time.monotonic() >= end or self.ending.wait(STEP_SECONDS):
                    tried = f" (tried for {patience:.0f} s)" if patience else ""
                    why = f"{self.connection} does not answer: {error}{tried}. Is it running? See `kubectl cluster-info`"
                    if error.seconds:
                        self._closed = (time.monotonic() + error.seconds, why)
                    raise Unreachable(why) from error

    def _once(self, method: str, url: str, body: bytes | None, form: str) -> Answer:
        credential = self.keyring.credential()
        headers = {"Accept": "application/json", "User-Agent": "pulumi-kubernetes"}
        if credential.token:
            headers["Authorization"] = f"Bearer {credential.token}"
        if body is not None:
            headers["Content-Type"] = form
        timeout = Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        try:
            answer = self._pool(credential).request(method, url, body=body, headers=headers, timeout=timeout, retries=False, redirect=False)
        except urllib3.exceptions.NewConnectionError as error:
            raise _NotListening(str(error.__cause__ or error)) from error
        except urllib3.exceptions.ConnectTimeoutError as error:
            raise _NotListening(f"no connection within {CONNECT_SECONDS:.0f} s", CLOSED_SECONDS) from error
        except urllib3.exceptions.TimeoutError as error:
            why = f"{self.connection} does not answer: {method} waited {ANSWER_SECONDS:.0f} s in vain. Is there a way to it from here?"
            self._silent = (time.monotonic() + SILENT_SECONDS, why)
            raise Unreachable(why) from error
        except urllib3.exceptions.ProxyError as error:
            raise Unreachable(
                f"{self.connection}: its proxy {self.connection.proxy} gives no way there: {error}. Is it running?"
            ) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise BrokenOff(
                f"{self.connection} broke off in the middle of {method}: {error}. See whether it runs, then try again"
            ) from error
        return Answer(answer.status, answer.data)

    def _pool(self, credential: Credential) -> urllib3.PoolManager:
        with self._lock:
            if credential.certificate not in self._pools:
                self._pools[credential.certificate] = _pool(self.connection, credential)
            return self._pools[credential.certificate]


class _NotListening(Exception):
    """Nothing was sent, so it can be tried again whatever it was. seconds: for how long it is not worth while, if nobody is patient."""

    def __init__(self, text: str, seconds: float = 0.0) -> None:
        super().__init__(text)
        self.seconds = seconds


class _Connection(urllib3.connection.HTTPSConnection):
    """Tells a handshake that nobody answers from a request that nobody answers: a server that starts listens long before it speaks."""

    def connect(self) -> None:
        try:
            super().connect()
        except TimeoutError as error:
            raise urllib3.exceptions.ConnectTimeoutError(self, "the handshake is not answered") from error


class _Connections(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Connection


def _pool(connection: Connection, credential: Credential) -> urllib3.PoolManager:
    options: dict[str, Any] = {"num_pools": 1, "maxsize": CONNECTIONS, "ssl_context": _trust(connection, credential)}
    if connection.server_name:
        options |= {"server_hostname": connection.server_name, "assert_hostname": connection.server_name}
    scheme = urlsplit(connection.proxy).scheme
    if not connection.proxy or scheme in ("http", "https"):
        made = urllib3.ProxyManager(connection.proxy, **options) if connection.proxy else urllib3.PoolManager(**options)
        made.pool_classes_by_scheme = {"https": _Connections, "http": urllib3.HTTPConnectionPool}
        return made
    if scheme in ("socks5", "socks5h"):
        return _socks(connection, options)
    raise KubeconfigProblem(f"{connection}: proxy-url {connection.proxy!r} is none of http, https, socks5")


def _socks(connection: Connection, options: Mapping[str, Any]) -> urllib3.PoolManager:
    """The proxy looks names up, as client-go has it for both spellings."""
    try:
        from urllib3.contrib.socks import SOCKSProxyManager
    except ImportError as error:
        raise KubeconfigProblem(f"{connection}: proxy-url {connection.proxy} needs PySocks: install it beside the sandbox") from error
    manager: urllib3.PoolManager = SOCKSProxyManager(connection.proxy.replace("socks5://", "socks5h://"), **options)
    return manager


def _trust(connection: Connection, credential: Credential) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=connection.authority.decode() or None)
        if connection.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if credential.certificate:
            with tempfile.NamedTemporaryFile() as file:  # the standard library takes files alone; this one is the owner's
                file.write(credential.certificate + b"\n" + credential.key)
                file.flush()
                context.load_cert_chain(file.name)
    except (ssl.SSLError, ValueError) as error:
        raise KubeconfigProblem(f"{connection}: certificate of the kubeconfig: {error}") from error
    return context


def _who(connection: Connection) -> str:
    plugin = connection.login.plugin
    if plugin is not None:
        return f"`{' '.join((plugin.command, *plugin.arguments))}` gives a credential that it does not take; see who has access to it"
    return "its token or certificate is not valid there"
