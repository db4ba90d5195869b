"""Who holds a stack: the lock that a running engine takes and a killed one leaves behind.

Pulumi's self-managed backends (file, S3, GCS, Azure) name pid, user, host and time in the lock (pulumi 3.259, pkg/backend/diy/lock.go).
"""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi, PulumiFailed, project_name

LINE: Final = re.compile(
    r"^\s*(?P<place>\S+): created by (?P<user>.*)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<time>\S+)\s*$", re.MULTILINE
)
SERVICE: Final = re.compile(r"\[409\] Conflict: Another update is currently in progress")
EMPTY: Final = re.compile(r"no resource named '\S+' found")

Holder = Literal["alive", "dead", "elsewhere"]


@dataclass(frozen=True)
class Lock:
    """One lock of a stack. place: its URL in the backend; time: RFC 3339."""

    place: str
    user: str
    host: str
    pid: int
    time: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (pid {self.pid}) since {self.time}"


def locks(pulumi: Pulumi, stack: str) -> tuple[Lock, ...]:
    """The locks on a stack, oldest first; raises RecoverProblem where the backend says only that there is one.

    Asked by an update that changes nothing, a refresh of the root alone: the backend refuses it, naming the locks, as it would a real one.
    """
    probe = ["refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--suppress-outputs", "--target", _root(pulumi, stack)]
    try:
        pulumi.run(*probe, "--stack", stack)
    except PulumiFailed as failure:
        said = failure.errors + failure.output
        if SERVICE.search(said):
            raise RecoverProblem(
                f"another update of stack {stack} is in progress, says the backend, which does not tell whether it is alive. "
                f"Make sure that nobody runs it, then `pulumi cancel --stack {stack}` and recover again."
            ) from failure
        found = parse(said)
        if not found and not EMPTY.search(said):
            raise
        return found
    return ()


def parse(text: str) -> tuple[Lock, ...]:
    """The locks named in Pulumi's message "the stack is currently locked by N lock(s)"."""
    found = [Lock(m["place"], m["user"], m["host"], int(m["pid"]), m["time"]) for m in LINE.finditer(text)]
    return tuple(sorted(found, key=lambda lock: lock.time))


def read(path: Path) -> Lock | None:
    """A lock file of the file backend, None where it is gone. Raises ValueError where it is none."""
    try:
        held = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return Lock(str(path), held["username"], held["hostname"], held["pid"], held["timestamp"])


def holder(lock: Lock) -> Holder:
    """Whether the engine behind a lock lives; `elsewhere` when it ran on another host, where this one cannot look."""
    if lock.host != socket.gethostname():
        return "elsewhere"
    return "alive" if _engine_lives(lock.pid) else "dead"


def _engine_lives(pid: int) -> bool:
    """Whether a process of this id lives and, where the system tells, is a Pulumi (ids are used again)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status, name = Path(f"/proc/{pid}/stat"), Path(f"/proc/{pid}/comm")
    if not status.exists():
        return True
    zombie = status.read_text().rpartition(")")[2].split()[0] == "Z"
    return not zombie and "pulumi" in name.read_text()


def _root(pulumi: Pulumi, stack: str) -> str:
    """The URN of the stack's root resource, which holds nothing to refresh."""
    project = project_name(pulumi)
    return f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"
