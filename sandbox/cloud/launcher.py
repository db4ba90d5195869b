"""Stands for one provider instance towards the engine: asks the shared daemon for a port, prints it, ends with its parent.

Run as a file by `python -ISE`, with the standard library alone (0.02 s, 10 MB): arguments are the provider (`aws`, `gcp`, `kubernetes`),
the state directory, and what the engine adds (its own address).
"""

import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ADVICE = "start them with `fleet sandbox up`"
PARENT_CHECK_SECONDS = 1.0
DAEMON_ANSWER_SECONDS = 30.0


def main(cloud: str, state: Path, engine: str) -> int:
    """0 when the engine is done with the instance, 1 when there is none to be had or the daemon died; the reason is on stderr."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    parent = os.getppid()
    foreign = foreign_backend(state, os.environ.get("PULUMI_BACKEND_URL", ""))
    if foreign:
        return _fail(cloud, foreign)
    try:
        daemon = json.loads((state / "daemon.json").read_text())
        connection = socket.create_connection(("127.0.0.1", daemon["port"]), timeout=DAEMON_ANSWER_SECONDS)
        request = {"token": daemon["token"], "open": cloud, "engine": engine, "pid": os.getpid()}
        if cloud == "kubernetes":  # kubeconfigs name programs and files, which are looked for where the provider was started
            request |= {"environment": dict(os.environ), "directory": str(Path.cwd())}
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(connection.makefile("rb").readline() or b"{}")
    except (OSError, ValueError, KeyError) as error:
        return _fail(cloud, f"the simulated clouds of {state} do not answer ({error}): {ADVICE}")
    if "port" not in answer:
        return _fail(cloud, f"the simulated clouds of {state} refuse: {answer.get('error', 'no answer')}")
    print(answer["port"], flush=True)
    return _stay(connection, parent, cloud)


def foreign_backend(state: Path, url: str) -> str:
    """Why a backend is not the sandbox's own (a folder inside its state directory), empty where it is."""
    parts = urlsplit(url)
    folder = Path(unquote(parts.path)).resolve()
    if parts.scheme == "file" and folder.is_relative_to(state.resolve()):
        return ""
    return f"PULUMI_BACKEND_URL={url or '(unset)'} is not a backend of this sandbox (file://{state}/...): simulated clouds serve no other"


def _stay(connection: socket.socket, parent: int, cloud: str) -> int:
    """Until the parent or the daemon is gone. The open connection is what keeps the instance."""
    connection.settimeout(None)
    while os.getppid() == parent:
        if select.select([connection], [], [], PARENT_CHECK_SECONDS)[0] and not connection.recv(1):
            return _fail(cloud, f"the simulated clouds ended: {ADVICE}")
    return 0


def _fail(cloud: str, reason: str) -> int:
    print(f"simulated {cloud}: {reason}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
