"""What the sandbox's own services on 127.0.0.1 share: a port that stays, and what becomes of a visitor's trouble."""

from __future__ import annotations

import socket
import socketserver
import sys
import traceback
from pathlib import Path
from typing import Any

from sandbox.kubernetes.access import secret
from sandbox.kubernetes.runtime import places


class Serving(socketserver.ThreadingTCPServer):
    """A thread a visitor. Raises OSError where somebody else has the port."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__((places.LOOPBACK, port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor may go away at any time; anything else belongs into the daemon's log."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()


def port_of(state: Path, name: str, *, anew: bool = False) -> int:
    """The port of a service, chosen at the first call and kept, so that what outlives the daemon finds its next one again.

    anew: choose another one, as somebody else has it.
    """
    file = secret.folder(state) / f"{name}.port"
    if anew or not file.exists():
        with socket.socket() as trial:
            trial.bind((places.LOOPBACK, 0))
            places.write_secret(file, str(trial.getsockname()[1]).encode())
    return int(file.read_text())
