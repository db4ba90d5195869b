"""fleet.lock.yaml: written so that git merges it well, and read with the line of every entry.

Plain YAML, three levels deep, with JSON values, one a line: an entry that two branches add merges cleanly where they differ, and a
reader of a diff sees which decision moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import msgspec

from fleet.files import write_atomically
from fleet.lock.model import Lock, LockedCluster, LockedNetwork
from fleet.spec.problem import Mark, Problem, SpecError

NAME = "fleet.lock.yaml"
_HEADER = "# Written by `fleet lock`, to be committed. Change fleet.yaml, not this file.\napiVersion: fleet-lock/v1\n"
_SECTIONS: Mapping[str, type[LockedNetwork] | type[LockedCluster]] = {
    "networks": LockedNetwork,
    "clusters": LockedCluster,
    "retiredNetworks": LockedNetwork,
    "retiredClusters": LockedCluster,
}


@dataclass(frozen=True)
class LockFile:
    """A lock as read. lines: (section, entry) to its line in `name`."""

    lock: Lock
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)
    name: str = NAME

    def mark(self, section: str, entry: str) -> Mark:
        """Where an entry is written; the top of the file when it is not."""
        return Mark(self.name, self.lines.get((section, entry), 1), 1)


def read_lock(path: FilePath) -> LockFile:
    """Read the lock; a missing file is an empty lock. Raises SpecError naming the line that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LockFile(Lock(), name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError([Problem(Mark(path.name, 1, 1), (), f"cannot be read: {error}.")]) from None
    return parse_lock(text, path.name)


def parse_lock(text: str, name: str = NAME) -> LockFile:
    """Read a lock from text."""
    parser = _Parser(name)
    for number, line in enumerate(text.splitlines(), 1):
        parser.line(number, line)
    return parser.finish()


def render_lock(lock: Lock) -> str:
    """The lock as text, the same bytes for the same value."""
    return _HEADER + "".join(_render_sections(lock))


def write_lock(path: FilePath, lock: Lock) -> bool:
    """Write the lock atomically if it differs from the file; returns whether it did."""
    return write_atomically(path, render_lock(lock).encode())


def _render_sections(lock: Lock) -> Iterator[str]:
    encoder = msgspec.json.Encoder(order="sorted")
    entries: tuple[Mapping[str, LockedNetwork] | Mapping[str, LockedCluster], ...]
    entries = (lock.networks, lock.clusters, lock.retired_networks, lock.retired_clusters)
    for section, found in zip(_SECTIONS, entries, strict=True):
        if found:
            yield f"{section}:\n"
        for name, entry in sorted(found.items()):
            yield f"  {name}:\n"
            for key, value in sorted(msgspec.to_builtins(entry).items()):
                yield f"    {key}: {_spaced(encoder.encode(value))}\n"


def _spaced(compact: bytes) -> str:
    """JSON that YAML readers take too: a space behind each colon and comma that is outside a string."""
    return msgspec.json.format(compact, indent=0).decode()


class _Parser:
    def __init__(self, name: str) -> None:
        self._name = name
        self._problems: list[Problem] = []
        self._section = ""
        self._entry = ""
        self._found: dict[str, dict[str, dict[str, Any]]] = {section: {} for section in _SECTIONS}
        self._lines: dict[tuple[str, str], int] = {}

    def line(self, number: int, line: str) -> None:
        text = line.rstrip()
        if not text or text.startswith(("#", "apiVersion:")):
            if text.startswith("apiVersion:") and text != "apiVersion: fleet-lock/v1":
                self._refuse(number, "was written by another version of fleet; this one reads fleet-lock/v1.")
            return
        if text.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            self._refuse(number, "is an unresolved merge. Take both sides' entries, then run `fleet lock`.")
        elif not text.startswith(" "):
            self._open_section(number, text)
        elif text.startswith("    "):
            self._value(number, text[4:])
        elif text.startswith("  "):
            self._open_entry(number, text[2:])
        else:
            self._refuse(number, "is not a line that `fleet lock` writes.")

    def finish(self) -> LockFile:
        values: dict[str, dict[str, Any]] = {}
        for section, kind in _SECTIONS.items():
            values[section] = {}
            for name, raw in self._found[section].items():
                try:
                    values[section][name] = msgspec.convert(raw, kind)
                except msgspec.ValidationError as error:
                    self._refuse(self._lines[section, name], f"{section}.{name}: {error}.")
        if self._problems:
            raise SpecError(self._problems)
        lock = Lock(
            networks=values["networks"],
            clusters=values["clusters"],
            retired_networks=values["retiredNetworks"],
            retired_clusters=values["retiredClusters"],
        )
        return LockFile(lock, self._lines, self._name)

    def _open_section(self, number: int, text: str) -> None:
        self._section, self._entry = text.removesuffix(":"), ""
        if self._section not in _SECTIONS or not text.endswith(":"):
            self._refuse(number, "is not a line that `fleet lock` writes.")

    def _open_entry(self, number: int, text: str) -> None:
        name = text.removesuffix(":")
        if self._section not in _SECTIONS or not text.endswith(":") or name.startswith(" "):
            self._refuse(number, "is not a line that `fleet lock` writes.")
        elif name in self._found[self._section]:
            first = self._lines[self._section, name]
            self._refuse(
                number, f'{self._section} has "{name}" already in line {first}, likely by a merge. Delete one, then run `fleet lock`.'
            )
        else:
            self._entry = name
            self._found[self._section][name] = {}
            self._lines[self._section, name] = number

    def _value(self, number: int, text: str) -> None:
        key, colon, value = text.partition(": ")
        entry = self._found.get(self._section, {}).get(self._entry)
        if not colon or entry is None:
            self._refuse(number, "is not a line that `fleet lock` writes.")
            return
        if key in entry:
            self._refuse(number, f'"{key}" of "{self._entry}" is given twice, likely by a merge. Delete one, then run `fleet lock`.')
            return
        try:
            entry[key] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            self._refuse(number, "is not a value that `fleet lock` writes.")

    def _refuse(self, number: int, message: str) -> None:
        self._problems.append(Problem(Mark(self._name, number, 1), (), message))
