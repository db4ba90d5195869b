"""Where new inputs differ from old ones, as paths: one difference per leaf, or per whole object that comes or goes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.cloud.values import SIGNATURE, same

Change = Literal["add", "delete", "update"]
Path = tuple[str | int, ...]
# Terraform sets: their order says nothing. Source: the `schema.TypeSet` properties of the types in fleet's replacement table.
SETS = frozenset(
    {
        "additionalZones",
        "aliases",
        "attachments",
        "availabilityZones",
        "cidrBlocks",
        "clientIdLists",
        "enabledClusterLogTypes",
        "kubernetesGroups",
        "locations",
        "nodeLocations",
        "oauthScopes",
        "policyArns",
        "publicAccessCidrs",
        "resourceLimits",
        "routeTableIds",
        "securityGroupIds",
        "securityGroups",
        "sourceRanges",
        "sourceServiceAccounts",
        "sourceTags",
        "subnetIds",
        "subnets",
        "targetServiceAccounts",
        "targetTags",
        "vpcSecurityGroupIds",
        "vpcZoneIdentifiers",
        "zones",
    }
)


@dataclass(frozen=True)
class Difference:
    """One change at a path as `("tags", "a.b")` or `("subnets", 0, "name")`; old and new are None where there is no value."""

    path: Path
    change: Change
    old: object
    new: object

    @property
    def names(self) -> str:
        """The path without list positions, as the replacement table writes it: `subnets.name`."""
        return ".".join(step for step in self.path if isinstance(step, str))

    @property
    def text(self) -> str:
        """The path as the engine reads it: `tags["a.b"]`, `subnets[0].name`."""
        parts = [f"[{step}]" if isinstance(step, int) else f'["{step}"]' if "." in step else f".{step}" for step in self.path]
        return "".join(parts).removeprefix(".")


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> list[Difference]:
    """All differences between two sets of inputs, in order of their paths; the provider's own notes (`__defaults`) do not count."""
    return list(_objects(_noted(old), _noted(new), ()))


def _noted(inputs: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _objects(old: Mapping[str, object], new: Mapping[str, object], path: Path) -> Iterator[Difference]:
    for key in sorted(old.keys() | new.keys()):
        yield from _values(old.get(key), new.get(key), (*path, key))


def _values(old: object, new: object, path: Path) -> Iterator[Difference]:
    if same(old, new) or _equivalent(old, new, path):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and SIGNATURE not in old:
        yield from _objects(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    else:
        yield Difference(path, "add" if old is None else "delete" if new is None else "update", old, new)


def _lists(old: list[object], new: list[object], path: Path) -> Iterator[Difference]:
    for index in range(max(len(old), len(new))):
        yield from _values(old[index] if index < len(old) else None, new[index] if index < len(new) else None, (*path, index))


def _equivalent(old: object, new: object, path: Path) -> bool:
    """What the providers hold for no change: another order in a set, other white space in a JSON document, nothing for an empty value."""
    if isinstance(old, list) and isinstance(new, list) and path[-1] in SETS:
        return len(old) == len(new) and sorted(map(repr, old)) == sorted(map(repr, new))
    if isinstance(old, str) and isinstance(new, str) and old[:1] == new[:1] and old[:1] in ("{", "["):
        return _parsed(old) is not None and _parsed(old) == _parsed(new)
    return old in (None, [], {}) and new in (None, [], {})


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
