"""The daemon process: serves a state directory's clouds to every provider instance, each on a port of its own on 127.0.0.1.

Run by daemon.start_daemon as `python -m sandbox.cloud.serve --state DIR --ready FD`.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from sandbox.cloud.daemon import LOCK, NOTICE
from sandbox.cloud.database import FILE, Store, open_store
from sandbox.cloud.failures import Told
from sandbox.cloud.faults import Fault
from sandbox.cloud.install import KUBERNETES, PROVIDERS
from sandbox.cloud.protocol import provider_pb2_grpc
from sandbox.cloud.service import Clouds
from sandbox.cloud.servicer import Provider

if TYPE_CHECKING:
    from sandbox.kubernetes.runtime.supervisor import Supervisor

WORKERS = 64
MESSAGE_BYTES = 400 * 1024 * 1024
LOOPBACK = "127.0.0.1"


def main() -> int:
    """Serve until stopped. 1 where another daemon has the state directory already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--ready", type=int)
    parser.add_argument("--clusters", action="store_true")
    arguments = parser.parse_args()
    state: Path = arguments.state
    state.mkdir(parents=True, exist_ok=True)
    lock = (state / LOCK).open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another daemon serves {state} already", file=sys.stderr)
        return 1
    try:
        store = open_store(state)
    except sqlite3.Error as error:
        print(f"{state / FILE} cannot be opened ({error}): free some disk, or remove the state directory", file=sys.stderr)
        return 1
    server = Server(state, store, ThreadPoolExecutor(WORKERS, "call"), supervisor(state, store) if arguments.clusters else None)
    signal.signal(signal.SIGTERM, lambda *_: server.ending.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.listen()
    if arguments.ready is not None:
        os.write(arguments.ready, b"+")
        os.close(arguments.ready)
    server.serve()
    lock.close()
    server.farewell()
    return 0


def supervisor(state: Path, store: Store) -> Supervisor:
    """Who runs real API servers behind the clusters; those that the store has already are started."""
    from sandbox.kubernetes.runtime.supervisor import Supervisor

    made = Supervisor(state, store)
    made.start()
    return made


@dataclass
class Server:
    """The control port, and the provider instances that were asked for over it. An instance lives as long as its connection."""

    state: Path
    store: Store
    pool: ThreadPoolExecutor
    clusters: Supervisor | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    ending: threading.Event = field(default_factory=threading.Event)
    control: socket.socket = field(default_factory=lambda: socket.create_server((LOOPBACK, 0)))
    instances: dict[int, grpc.Server] = field(default_factory=dict)
    waiting: list[socket.socket] = field(default_factory=list)

    def listen(self) -> None:
        """Say where the control port is: readable by the owner alone, since the token opens it."""
        notice = self.state / NOTICE
        unfinished = notice.with_suffix(".unfinished")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - the mode at creation
            json.dump({"pid": os.getpid(), "port": self.control.getsockname()[1], "token": self.token}, file)
        unfinished.replace(notice)

    def serve(self) -> None:
        """Answer until told to end; what is running then is finished first."""
        threading.Thread(target=self._accept, daemon=True).start()
        self.ending.wait()
        if self.clusters is not None:
            self.clusters.close()
        for instance in list(self.instances.values()):
            instance.stop(grace=10).wait()
        (self.state / NOTICE).unlink(missing_ok=True)
        self.store.close()

    def farewell(self) -> None:
        """Tell those who asked for the end that it has come."""
        for connection in self.waiting:
            with suppress(OSError):
                _answer(connection, {"stopped": True})
                connection.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self.control.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            request = json.loads(connection.makefile("rb").readline() or b"{}")
            if not isinstance(request, dict) or not secrets.compare_digest(str(request.get("token", "")), self.token):
                _answer(connection, {"error": "not the daemon's token"})
            elif "open" in request:
                self._open(connection, request)
            elif "stop" in request:
                self.waiting.append(connection)
                self.ending.set()
                return
            else:
                _answer(connection, self._status())
        except (OSError, ValueError) as error:
            print(f"control connection: {error}", file=sys.stderr, flush=True)
        if "open" not in request:
            connection.close()

    def _status(self) -> dict[str, object]:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {
            "pid": os.getpid(),
            "port": self.control.getsockname()[1],
            "instances": len(self.instances),
            "resources": len(self.store.everything()),
            "rss_mib": round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1),
        }

    def _open(self, connection: socket.socket, request: Mapping[str, object]) -> None:
        """Serve one instance until its launcher is gone, however it went."""
        cloud, pid = str(request["open"]), int(str(request["pid"]))
        if cloud not in PROVIDERS:
            _answer(connection, {"error": f"no provider {cloud} in the sandbox"})
            return
        with closing(connection):
            options = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.so_reuseport", 0)]
            server = grpc.server(self.pool, options=options, interceptors=[Told()])
            provider, close = self._provider(cloud, request, lambda fault: self._crash(fault, server, pid))
            provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
            port = server.add_insecure_port(f"{LOOPBACK}:0")
            server.start()
            self.instances[port] = server
            try:
                _answer(connection, {"port": port})
                while connection.recv(64):
                    pass
            except OSError as error:
                print(f"instance of {cloud} on port {port}: {error}", file=sys.stderr, flush=True)
            finally:
                server.stop(grace=None)
                close()
                del self.instances[port]

    def _provider(
        self, name: str, request: Mapping[str, object], crash: Callable[[Fault], None]
    ) -> tuple[provider_pb2_grpc.ResourceProviderServicer, Callable[[], None]]:
        """A provider instance, and what ends it."""
        if name != KUBERNETES:
            return Provider(Clouds(self.store, self.clusters), name, crash, self._wait), lambda: None
        from sandbox.kubernetes.provider.instance import instance

        made = instance(self.store, request, crash, self._wait)
        return made, made.close

    def _crash(self, fault: Fault, server: grpc.Server, pid: int) -> None:
        """Die without a word: the one instance and its launcher, or the whole daemon."""
        if fault.kind.startswith("crash-provider"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            server.stop(grace=None)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    def _wait(self, seconds: float) -> None:
        self.ending.wait(seconds)


def _answer(connection: socket.socket, answer: Mapping[str, object]) -> None:
    connection.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
