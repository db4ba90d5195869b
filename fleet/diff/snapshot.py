"""A rendering of a fleet to compare: its objects as plain JSON, read from the files of stacks/ whatever version wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import msgspec

from fleet.blueprint.files import SHARED
from fleet.diff.model import Object, What

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class Item:
    """One object: who it is, its JSON, and the prefix of its leaves in the Effects table, as `clusters.eks`."""

    object: Object
    data: Mapping[str, Any]
    prefix: str


Snapshot = Mapping[str, Item]
"""`stack/what/identity` -> Item: what it is named by in the clouds, which a renamed cluster keeps."""


def changed_items(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Snapshot, Snapshot]:
    """The objects of the files (path -> JSON) that differ between two renderings, of each side. Raises ValueError for broken JSON."""
    paths = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    return _items(before, paths), _items(after, paths)


def identities(files: Mapping[str, bytes]) -> dict[tuple[str, str], Object]:
    """(stack, what an object is named by in the clouds) -> the object, of all that is not a stack itself."""
    found = [item for path, content in files.items() for item in _of_file(path, content)]
    return {(item.object.stack, identity(item.data)): item.object for item in found if item.object.what != "stack"}


def _items(files: Mapping[str, bytes], paths: list[str]) -> Snapshot:
    found = [item for path in paths if path in files for item in _of_file(path, files[path])]
    former = {(item.object.stack, item.object.name): identity(item.data) for item in found if "formerly" in item.data}
    return {f"{item.object.stack}/{item.object.what}/{identity(item.data)}": _under_former(item, former) for item in found}


def identity(data: Mapping[str, Any]) -> str:
    """What an object is named by in the clouds: its first name where it is a cluster that was renamed, else its name."""
    return str(data.get("formerly") or data["name"])


def _under_former(item: Item, former: Mapping[tuple[str, str], str]) -> Item:
    """A network with the slots of renamed clusters under what their subnets are named by."""
    if not former or not item.data.get("slots"):
        return item
    slots = [{**slot, "cluster": former.get((item.object.stack, slot["cluster"]), slot["cluster"])} for slot in item.data["slots"]]
    return replace(item, data={**item.data, "slots": slots})


def _of_file(path: str, content: bytes) -> Iterator[Item]:
    data = _decode(content)
    stack = PurePosixPath(path).parts[-2]
    if not path.endswith(f"/{SHARED}"):
        yield _item(stack, "cluster", data, data["environment"], data["kind"], f"clusters.{data['kind']}")
        return
    shared = {key: value for key, value in data.items() if key not in ("accounts", "networks")}
    yield _item(stack, "stack", shared, data["environment"], "", "")
    for account in data["accounts"]:
        yield _item(stack, "account", account, data["environment"], account["cloud"], "accounts")
    for network in data["networks"]:
        yield _item(stack, "network", network, data["environment"], network["cloud"], f"networks.{network['cloud']}")


def _item(stack: str, what: What, data: Mapping[str, Any], environment: str, kind: str, prefix: str) -> Item:
    region = data.get("region", "")
    return Item(Object(stack, environment, region, what, data["name"], kind, bool(data["protect"])), data, prefix)
