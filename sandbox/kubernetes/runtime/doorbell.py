"""Listens where a sleeping cluster's API server would, so that whoever comes first wakes it and is served once it is up.

Doorbell and API server share the port while the latter starts (SO_REUSEPORT, socket(7)): nobody is refused in between. Who asks for the
API server itself says so by coming from the cluster's own address, and is sent away.
"""

from __future__ import annotations

import select
import selectors
import socket
import threading
from contextlib import suppress

from sandbox.kubernetes.runtime.places import Place

LOOK_SECONDS = 0.2
CHUNK_BYTES = 65536


class Doorbell:
    """Raises OSError where somebody else has the port."""

    def __init__(self, place: Place) -> None:
        self.rung = threading.Event()
        self._place = place
        self._up = False
        self._answered = threading.Event()
        self._ended = threading.Event()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._listener.bind((place.listens, place.port))
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._thread = threading.Thread(target=self._listen, name=f"doorbell of {place.name}", daemon=True)
        self._thread.start()

    def close(self, *, up: bool) -> None:
        """Listen no more. up: the API server is there, and takes over those who wait; else they are sent away."""
        self._ended.set()
        self._thread.join()
        self._up = up
        self._answered.set()

    def _listen(self) -> None:
        with self._listener:
            while not self._ended.is_set():
                select.select([self._listener], [], [], LOOK_SECONDS)
                self._accept()
            self._accept()

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while True:
                connection, peer = self._listener.accept()
                if peer[0] == self._place.listens:
                    connection.close()
                    continue
                self.rung.set()
                threading.Thread(target=self._serve, args=(connection,), name="doorbell visitor", daemon=True).start()

    def _serve(self, visitor: socket.socket) -> None:
        """Hand one visitor on, byte by byte, as long as both sides want."""
        with visitor, suppress(OSError):
            self._answered.wait()
            if not self._up:
                return
            with socket.create_connection((self._place.listens, self._place.port)) as server:
                visitor.setblocking(True)
                join(visitor, server)


def join(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side ends."""
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while True:
            for ready, _ in selector.select():
                source = ready.fileobj
                assert isinstance(source, socket.socket)
                content = source.recv(CHUNK_BYTES)
                if not content:
                    return
                ready.data.sendall(content)
