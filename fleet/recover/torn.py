"""Mend a state that a kill tore while it was being written: only a file backend can be left so.

Writing one state touches STACK.json, its attributes (STACK.json.attrs, JSON) and a copy of the last one (STACK.json.bak); the new one is
written beside (STACK.json.*.tmp) and renamed (pulumi 3.259, pkg/backend/diy; gocloud.dev/blob/fileblob). Seen: an empty attributes file,
which Pulumi answers with "failed to load checkpoint: EOF".
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from fleet.recover import lock
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi, project_name

TORN: Final = re.compile(r"failed to load checkpoint")


def mend(pulumi: Pulumi, stack: str) -> str:
    """Put the newest whole state in place; returns what was done. Raises RecoverProblem while an engine lives, or where none is whole."""
    folder = _backend_folder(pulumi) / ".pulumi"
    _refuse_while_alive(folder / "locks" / "organization" / project_name(pulumi) / stack, stack)
    states = folder / "stacks" / project_name(pulumi)
    target = next((path for path in (states / f"{stack}.json.gz", states / f"{stack}.json") if path.exists()), states / f"{stack}.json")
    whole = [(time, path) for path in _versions(target) if (time := written(path)) is not None]
    if not whole:
        raise RecoverProblem(f"no whole state of stack {stack} in {states}. Put a copy of {target.name} there from your own backups.")
    _, newest = max(whole)
    name = newest.name
    if newest != target:
        target.unlink(missing_ok=True)
        newest.rename(target) if newest.suffix == ".tmp" else target.write_bytes(newest.read_bytes())
    for attributes in states.glob(f"{stack}.json*.attrs"):
        if not _is_json(attributes.read_bytes()):
            attributes.unlink()
    return f"its state was torn while it was written; {name} is whole and the newest"


def written(path: Path) -> str | None:
    """When a state was written (RFC 3339, UTC), None where the file does not hold a whole one."""
    try:
        data = path.read_bytes()
        document = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        return str(document["checkpoint"]["latest"]["manifest"]["time"])
    except (OSError, ValueError, EOFError, KeyError, TypeError):
        return None


def _versions(target: Path) -> Iterator[Path]:
    yield from (target, target.with_name(f"{target.name}.bak"))
    yield from target.parent.glob(f"{target.name}.*.tmp")


def _refuse_while_alive(locks: Path, stack: str) -> None:
    for path in locks.glob("*.json"):
        held = lock.read(path)
        if held and lock.holder(held) != "dead":
            raise RecoverProblem(f"the state of stack {stack} cannot be read, and {held} may be writing it. Wait; nothing was changed.")


def _backend_folder(pulumi: Pulumi) -> Path:
    url = json.loads(pulumi.run("whoami", "--json"))["url"]
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise RecoverProblem(f"the state cannot be read from {url}. Such a backend keeps its own versions: restore the last one there.")
    return Path(unquote(parts.netloc + parts.path)).expanduser()


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True
