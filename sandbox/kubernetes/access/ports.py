"""Ports of the sandbox's own services, chosen once and kept, so that what outlives the daemon finds its next one again."""

from __future__ import annotations

import socket
from pathlib import Path

from sandbox.kubernetes.access import secret
from sandbox.kubernetes.runtime import places


def port_of(state: Path, name: str, *, anew: bool = False) -> int:
    """The port of a service on 127.0.0.1, chosen at the first call. anew: choose another one, as somebody else has it."""
    file = secret.folder(state) / f"{name}.port"
    if anew or not file.exists():
        with socket.socket() as trial:
            trial.bind((places.LOOPBACK, 0))
            places.write_secret(file, str(trial.getsockname()[1]).encode())
    return int(file.read_text())
