"""The durable store of the simulated clouds: one SQLite file in the state directory, shared by the daemon, the CLI and tests.

Write-ahead log and `synchronous=NORMAL`: a commit survives the death of any process, not a loss of power. Every process keeps what it
has read and reads again when another one has committed (`PRAGMA data_version`).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sandbox.cloud.request import Caller, Stored

FILE = "clouds.sqlite"
VERSION = 1
_SCHEMA = """
create table if not exists resource (
    serial integer primary key autoincrement,
    type text not null, account text not null, region text not null, id text not null,
    cloud text not null, principal text not null, kept text not null, ailing text not null,
    inputs text not null, outputs text not null,
    unique (type, account, region, id)
);
create table if not exists fault (
    id integer primary key autoincrement, kind text not null, type text not null, operation text not null,
    skip integer not null, times integer not null, seconds real not null, seen integer not null default 0
);
"""
Key = tuple[str, str, str]


class NotThere(LookupError):
    """No resource of this type and id."""


class AlreadyThere(LookupError):
    """A resource of this type and id exists where its cloud can have only one."""


def open_store(state: Path) -> Store:
    """The store in the state directory, made if it is not there. Raises sqlite3.Error when it cannot be read or written."""
    state.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(state / FILE, check_same_thread=False, isolation_level=None, timeout=10)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    if _is_of_another_version(connection):
        raise sqlite3.DatabaseError("made by another version of the sandbox: it is only a rehearsal, remove the state directory")
    connection.executescript(_SCHEMA)
    connection.execute(f"pragma user_version = {VERSION}")
    return Store(connection)


def _is_of_another_version(connection: sqlite3.Connection) -> bool:
    version: int = connection.execute("pragma user_version").fetchone()[0]
    used = connection.execute("select 1 from sqlite_master where name = 'resource'").fetchone() is not None
    return used and version != VERSION


class Store:
    """All resources of all clouds. One thread at a time: hold `transaction()` around what must be seen as one step."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.lock = threading.RLock()
        self._depth = 0
        self._version = -1
        self._resources: dict[str, dict[Key, Stored]] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does; it nests, and excludes other threads and processes."""
        with self.lock:
            if self._depth:
                yield
                return
            self.connection.execute("begin immediate")
            self._depth += 1
            try:
                self._refresh()
                yield
                self.connection.execute("commit")
            except BaseException:
                self._version = -1
                if self.connection.in_transaction:  # a full disk has rolled back already
                    self.connection.execute("rollback")
                raise
            finally:
                self._depth -= 1

    def close(self) -> None:
        self.connection.close()

    def _refresh(self) -> None:
        version: int = self.connection.execute("pragma data_version").fetchone()[0]
        if version == self._version:
            return
        self._resources = {}
        for row in self.connection.execute(
            "select serial, type, account, region, id, cloud, principal, kept, ailing, inputs, outputs from resource order by serial"
        ):
            stored = _stored(row)
            self._resources.setdefault(stored.type, {})[_key(stored)] = stored
        self._version = version

    def all(self, type: str) -> Sequence[Stored]:
        """All of this type in any account, oldest first."""
        with self.lock:
            if not self._depth:
                self._refresh()
            return list(self._resources.get(type, {}).values())

    def at(self, type: str, account: str, region: str, id: str) -> Stored | None:
        """The one resource that a call with these credentials means, without looking at any other."""
        with self.lock:
            if not self._depth:
                self._refresh()
            return self._resources.get(type, {}).get((account, region, id))

    def everything(self) -> Sequence[Stored]:
        """All resources of all types, oldest first, what the clouds keep after deletion included."""
        with self.lock:
            if not self._depth:
                self._refresh()
            found = [stored for of_type in self._resources.values() for stored in of_type.values()]
        return sorted(found, key=lambda stored: stored.serial)

    def next_serial(self) -> int:
        """The serial that the next insert will have; only meaningful inside a transaction."""
        row = self.connection.execute("select seq from sqlite_sequence where name = 'resource'").fetchone()
        return int(row[0]) + 1 if row else 1

    def insert(self, stored: Stored) -> Stored:
        """Keep a new resource and return it with its serial. Raises AlreadyThere."""
        with self.transaction():
            try:
                cursor = self.connection.execute(
                    "insert into resource (type, account, region, id, cloud, principal, kept, ailing, inputs, outputs) "
                    "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (stored.type, *_key(stored), stored.caller.cloud, stored.caller.principal, *_texts(stored)),
                )
            except sqlite3.IntegrityError as error:
                raise AlreadyThere(f"{stored.type} {stored.id} already exists") from error
            made = replace(stored, serial=cursor.lastrowid or 0)
            self._resources.setdefault(made.type, {})[_key(made)] = made
        return made

    def update(self, stored: Stored) -> None:
        """Write a resource that is there anew. Raises NotThere."""
        with self.transaction():
            changed = self.connection.execute(
                "update resource set kept = ?, ailing = ?, inputs = ?, outputs = ? "
                "where type = ? and account = ? and region = ? and id = ?",
                (*_texts(stored), stored.type, *_key(stored)),
            ).rowcount
            if not changed:
                raise NotThere(f"{stored.type} {stored.id} does not exist")
            self._resources[stored.type][_key(stored)] = stored

    def delete(self, stored: Stored) -> None:
        """Forget a resource. Raises NotThere."""
        with self.transaction():
            key = (stored.type, *_key(stored))
            if not self.connection.execute("delete from resource where type = ? and account = ? and region = ? and id = ?", key).rowcount:
                raise NotThere(f"{stored.type} {stored.id} does not exist")
            del self._resources[stored.type][_key(stored)]

    def one(self, type: str, id: str) -> Stored:
        """The only resource of this type and id in any account. Raises NotThere, also where several accounts have one."""
        found = [stored for stored in self.all(type) if stored.id == id]
        if len(found) != 1:
            raise NotThere(f"{type} {id}: {len(found)} of them in the simulated clouds" if found else f"{type} {id} does not exist")
        return found[0]

    def edit(self, type: str, id: str, path: Sequence[str | int], value: object) -> None:
        """Change a value behind the engine's back, as someone in the cloud's console would; None takes it away. Raises NotThere."""
        with self.transaction():
            stored = self.one(type, id)
            outputs = _edited(stored.outputs, path, value)
            inputs = _edited(stored.inputs, path, value) if path[0] in stored.inputs else stored.inputs
            self.update(replace(stored, inputs=inputs, outputs=outputs))

    def remove(self, type: str, id: str) -> None:
        """Take a resource away behind the engine's back. Raises NotThere."""
        with self.transaction():
            self.delete(self.one(type, id))


def _key(stored: Stored) -> Key:
    return stored.caller.account, stored.caller.region, stored.id


def _texts(stored: Stored) -> tuple[str, str, str, str]:
    return stored.kept, stored.ailing, json.dumps(stored.inputs), json.dumps(stored.outputs)


def _stored(row: Sequence[object]) -> Stored:
    serial, type, account, region, id, cloud, principal, kept, ailing, inputs, outputs = map(str, row)
    caller = Caller(cloud, account, region, principal)
    return Stored(type, id, caller, json.loads(inputs), json.loads(outputs), int(serial), kept, ailing)


def _edited(values: Mapping[str, object], path: Sequence[str | int], value: object) -> dict[str, object]:
    copy: dict[str, object] = json.loads(json.dumps(values))
    holder: object = copy
    for step in path[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(str(step), {})  # type: ignore[attr-defined]
    last = path[-1]
    if isinstance(holder, list):
        holder[int(last)] = value
    elif isinstance(holder, dict) and value is None:
        holder.pop(str(last), None)
    elif isinstance(holder, dict):
        holder[str(last)] = value
    return copy
