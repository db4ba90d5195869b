"""A stack as files: one for what its clusters share and one for each cluster, so that a review shows a change per cluster."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from fleet.blueprint.json import decode, encode
from fleet.blueprint.model import AnyCluster, GcpProject, Network, Stack, Value

T = TypeVar("T")
SHARED = "networks.json"


class Shared(Value, frozen=True):
    """The content of `networks.json`: the stack itself, and what its clusters share."""

    name: str
    fleet: str
    environment: str
    protect: bool
    accounts: tuple[GcpProject, ...]
    networks: tuple[Network, ...]


class UnreadableStack(Exception):
    """A stack's files are missing or do not hold what they should; the message names the file and the way out."""


def files(stack: Stack) -> dict[str, bytes]:
    """The stack's files: name inside `stacks/<stack>/` -> canonical JSON. Raises ValueError for a cluster named like the shared file."""
    if any(f"{cluster.name}.json" == SHARED for cluster in stack.clusters):
        raise ValueError(f'stack "{stack.name}": a cluster named "{SHARED.removesuffix(".json")}" would overwrite {SHARED}. Rename it.')
    shared = Shared(**{field: getattr(stack, field) for field in Shared.__struct_fields__})
    return {SHARED: encode(shared), **{f"{cluster.name}.json": encode(cluster) for cluster in stack.clusters}}


def read_stack(directory: Path) -> Stack:
    """Read `files`' output back. Raises UnreadableStack where a file is missing or was edited."""
    shared = _read(directory / SHARED, Shared)
    paths = sorted(path for path in directory.glob("*.json") if path.name != SHARED)
    clusters: tuple[AnyCluster, ...] = tuple(_read(path, AnyCluster) for path in paths)  # type: ignore[arg-type]
    return Stack(**{field: getattr(shared, field) for field in Shared.__struct_fields__}, clusters=clusters)


def recorded(directory: Path) -> dict[str, str]:
    """What an update records of the files it ran: name -> git's id of its content, by which `fleet plan --deployed` finds it again."""
    return {path.name: blob_id(path.read_bytes()) for path in sorted(directory.glob("*.json"))}


def blob_id(content: bytes) -> str:
    """The id under which a git repository (of SHA-1 objects) holds a file's content. Source: gitformat-pack, gitglossary `blob object`."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _read(path: Path, into: type[T]) -> T:
    try:
        return decode(path.read_bytes(), into)
    except FileNotFoundError:
        raise UnreadableStack(f"{path}: no such file. Run `fleet generate` to write it.") from None
    except msgspec.DecodeError as error:
        raise UnreadableStack(f"{path}: {error}. Run `fleet generate` to write it anew.") from None
