"""Compile plain data, as tests have it, through the real loader."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from fleet.compile.fleet import Compiled, compile_fleet
from fleet.lock.file import LockFile, parse_lock, render_lock
from fleet.lock.model import Lock
from fleet.spec.load import Document, load


def document(spec: dict[str, Any]) -> Document:
    return text_document(yaml.dump(spec, sort_keys=False, Dumper=yaml.CSafeDumper))


def text_document(text: str) -> Document:
    with TemporaryDirectory() as folder:
        path = Path(folder, "fleet.yaml")
        path.write_text(text, encoding="utf-8")
        return load(path)


def compiled(spec: dict[str, Any], lock: Lock | None = None) -> Compiled:
    """Compile with a lock that went through its file, as a user's does."""
    file = parse_lock(render_lock(lock)) if lock else LockFile(Lock())
    return compile_fleet(document(spec), file)
