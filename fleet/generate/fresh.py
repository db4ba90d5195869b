"""Refuse to build from a stacks/ that is not what fleet.yaml says."""

from __future__ import annotations

from pathlib import Path

from fleet.compile.fleet import compile_fleet
from fleet.generate.render import DIRECTORY, render
from fleet.lock.file import NAME as LOCK_NAME
from fleet.lock.file import read_lock
from fleet.spec.load import load


class StaleStack(Exception):
    """The stack's files are not what fleet.yaml and the lock render to; the message names the files and the way out."""


def require_fresh(stack: str, root: Path) -> None:
    """Compile `stack` again where fleet.yaml is at hand and compare. Raises StaleStack or SpecError; does nothing without a fleet.yaml."""
    spec = root / "fleet.yaml"
    if not spec.is_file():
        return
    compiled = compile_fleet(load(spec), read_lock(root / LOCK_NAME))
    prefix = f"{DIRECTORY}/{stack}/"
    wanted = {path: content for path, content in render(compiled.blueprint).items() if path.startswith(prefix)}
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / prefix).glob("*.json")}
    stale = sorted({path for path in {*wanted, *found} if wanted.get(path) != found.get(path)})
    if stale:
        raise StaleStack(f"{', '.join(stale)}: not what fleet.yaml says now. Run `fleet generate`, review the change, and commit it.")
