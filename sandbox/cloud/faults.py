"""Faults that a test or `fleet sandbox fault` arms in the store: what goes wrong, at which call, how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from sandbox.cloud.database import Store, open_store

Kind = Literal[
    "throttle", "error", "timeout", "partial", "delay", "crash-provider-before", "crash-provider-after", "crash-before", "crash-after"
]
Operation = Literal["check", "diff", "create", "read", "update", "delete"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
_COLUMNS = "kind, type, operation, skip, times, seconds"


@dataclass(frozen=True)
class Fault:
    """One armed fault.

    throttle, error: refused, nothing done. timeout: done, but the caller gets an error and no id. partial: done, and reported as made but
    not healthy. delay: waits `seconds`, then goes on. crash-provider-*: this provider instance dies (its launcher is killed, its port
    closed, its calls cancelled), crash-*: the daemon and every instance with it, before or after the call did its work.
    type, operation: empty for any. skip: matching calls to let pass first. times: how many calls it hits after that.
    """

    kind: Kind
    type: str = ""
    operation: Operation | Literal[""] = "create"
    skip: int = 0
    times: int = 1
    seconds: float = 0.0


def arm(state: Path, fault: Fault) -> None:
    """Arm a fault; a running daemon sees it at its next call. Raises ValueError for a kind or operation that is none."""
    if fault.kind not in KINDS or fault.operation not in ("", *OPERATIONS):
        raise ValueError(f"{fault.kind} at {fault.operation}: kinds are {', '.join(KINDS)}; operations {', '.join(OPERATIONS)}")
    store = open_store(state)
    try:
        store.connection.execute(
            f"insert into fault ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)",
            (fault.kind, fault.type, fault.operation, fault.skip, fault.times, fault.seconds),
        )
    finally:
        store.close()


def disarm(state: Path) -> None:
    """Take all faults away."""
    store = open_store(state)
    try:
        store.connection.execute("delete from fault")
    finally:
        store.close()


def armed(state: Path) -> list[Fault]:
    """The armed faults in the order in which they were armed."""
    store = open_store(state)
    try:
        return [Fault(*row) for row in store.connection.execute(f"select {_COLUMNS} from fault order by id")]
    finally:
        store.close()


def due(store: Store, type: str, operation: Operation) -> Fault | None:
    """The first armed fault that hits this call, counting the call for each that matches; spent ones are taken away."""
    with store.lock:
        if store.connection.execute("select 1 from fault limit 1").fetchone() is None:
            return None
    with store.transaction():
        rows = store.connection.execute(
            f"select id, seen, {_COLUMNS} from fault where (type = '' or type = ?) and (operation = '' or operation = ?) order by id",
            (type, operation),
        ).fetchall()
        hits = [fault for seen, fault in ((row[1], Fault(*row[2:])) for row in rows) if seen >= fault.skip]
        store.connection.executemany("update fault set seen = seen + 1 where id = ?", [(row[0],) for row in rows])
        store.connection.execute("delete from fault where seen >= skip + times")
    return hits[0] if hits else None
