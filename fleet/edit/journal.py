"""Write several files so that all of them are new or all are old, whatever is killed in between.

The new files are staged in `.fleet-edit/`; then a journal is written there, which is the moment of decision; then the staged files are
renamed to where they belong. Whoever comes next finds a folder without a journal (nothing happened: it is removed) or with one (it is
carried out to its end; doing a part of it twice does no harm). Source: write-ahead logging, as in any database.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = ".fleet-edit"
_JOURNAL = "journal.json"
_STAGING = "journal.new"
Outcome = Literal["nothing", "completed", "undone"]


class _Step(msgspec.Struct, frozen=True):
    """One file, relative to the project. staged: its name in the folder; None: the file goes."""

    path: str
    staged: str | None


def write_all(root: Path, files: Mapping[str, bytes], removed: tuple[str, ...] = ()) -> None:
    """Write `files` (path relative to `root` -> content) and remove others.

    Raises OSError. Where that comes before the journal is written, nothing moved; where it comes later, the next run goes on.
    """
    with _held(root):
        _settle(root)
        folder = root / FOLDER
        folder.mkdir()
        try:
            _stage(folder, files, removed)
        except OSError:
            shutil.rmtree(folder)
            raise
        (folder / _STAGING).replace(folder / _JOURNAL)
        _sync(folder)
        _carry_out(root, folder)


def settle(root: Path) -> Outcome:
    """Bring an edit that was killed to its end, or undo it; waits for one that is being written. Looks at one folder when there is none."""
    if not (root / FOLDER).is_dir():
        return "nothing"
    with _held(root):
        return _settle(root)


def _settle(root: Path) -> Outcome:
    folder = root / FOLDER
    if not folder.is_dir():
        return "nothing"
    if (folder / _JOURNAL).is_file():
        _carry_out(root, folder)
        return "completed"
    shutil.rmtree(folder)
    return "undone"


def _stage(folder: Path, files: Mapping[str, bytes], removed: tuple[str, ...]) -> None:
    steps = [_Step(path, str(index)) for index, path in enumerate(files)] + [_Step(path, None) for path in removed]
    for step in steps:
        if step.staged is not None:
            _durable(folder / step.staged, files[step.path])
    _durable(folder / _STAGING, msgspec.json.encode(steps))


def _carry_out(root: Path, folder: Path) -> None:
    for step in msgspec.json.decode((folder / _JOURNAL).read_bytes(), type=list[_Step]):
        target = root / step.path
        if step.staged is None:
            target.unlink(missing_ok=True)
            _drop_empty(target.parent)
        elif (folder / step.staged).is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / step.staged).replace(target)
            _sync(target.parent)
    shutil.rmtree(folder)


def _drop_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def _held(root: Path) -> Iterator[None]:
    """Keep other edits of the project out; a kill lets go of it."""
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _durable(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o644)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
