"""Turn what was found in the cloud into resources of the state, as the engine would have written them had it not been killed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fleet.recover import checkpoint
from fleet.recover.checkpoint import Document, Resource
from fleet.recover.cloud import SECRET, SIGNATURE, Live, Properties
from fleet.recover.report import Line
from fleet.recover.search import Sighting
from fleet.recover.wanted import Wanted


@dataclass(frozen=True)
class Adoption:
    """One found resource in its state form, and the line that says so."""

    resource: Resource
    line: Line


def adopt(sighting: Sighting) -> Adoption:
    """The resource of a sighting that has a live one: program's options, cloud's values."""
    live, wanted = sighting.live, sighting.wanted
    assert live is not None
    resource = {
        **wanted.resource,
        "id": live.id,
        "inputs": _restricted(live.inputs, wanted.inputs) if wanted.settled else live.inputs,
        "outputs": _outputs(live, wanted.resource.get("additionalSecretOutputs") or []),
        **_unready(live),
    }
    return Adoption(resource, Line("adopted", wanted.urn, live.id, f"the cloud has it, the state lost it; found {sighting.how}"))


def refreshed(resource: Resource, live: Live) -> Resource:
    """A resource of the state with the cloud's present values."""
    outputs = _outputs(live, resource.get("additionalSecretOutputs") or [])
    return {**resource, "inputs": live.inputs or resource.get("inputs"), "outputs": outputs, **_unready(live)}


def _unready(live: Live) -> dict[str, list[str]]:
    """What makes the next update see to a resource that is not whole, by waiting for it or mending it."""
    return {"initErrors": list(live.unready)} if live.unready else {}


def support(state: Document, missing: Iterable[Wanted], adoptions: Iterable[Adoption]) -> list[Resource]:
    """The adopted resources and the components and providers they hang on, where the state lacks these, in an order it accepts.

    A dependency that is neither there nor adopted is left out: the next update writes it, with the resource it names.
    """
    there = checkpoint.current(state)
    declared = {item.urn: item.resource for item in missing if not item.of_cloud}
    new: dict[str, Resource] = {item.resource["urn"]: item.resource for item in adoptions}
    todo = list(new.values())
    while todo:
        for urn in checkpoint.needs(todo.pop()):
            if urn not in there and urn not in new and urn in declared:
                new[urn] = _declared(declared[urn])
                todo.append(new[urn])
    known = {**there, **new}
    return [_linked(item, known) for item in checkpoint.in_order(list(new.values()))]


def _restricted(live: Any, wanted: Any) -> Any:
    """The live value of what the program sets and no more: a provider that imports gives every value that is not its default.

    Keys that start with `__` are the provider's own notes on inputs, and not in the cloud: the program's stand.
    """
    if isinstance(live, dict) and isinstance(wanted, dict) and SIGNATURE not in live:
        kept = {key: value for key, value in wanted.items() if key in live or key.startswith("__")}
        return {key: value if key.startswith("__") else _restricted(live[key], value) for key, value in kept.items()}
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_restricted(one, other) for one, other in zip(live, wanted, strict=True)]
    return live


def _declared(resource: Resource) -> Resource:
    """A component as it is; a provider with an id and its inputs as outputs, as the engine makes one."""
    if not resource.get("custom"):
        return {**resource, "outputs": {}}
    return {**resource, "id": str(uuid.uuid4()), "outputs": resource.get("inputs") or {}}


def _linked(item: Resource, known: dict[str, Resource]) -> Resource:
    """The resource with its references made good: the provider's real id, no dependency on what is not there."""
    linked = dict(item)
    provider = str(item.get("provider") or "").rpartition("::")[0]
    if provider:
        linked["provider"] = f"{provider}::{known[provider]['id']}"
    if item.get("dependencies"):
        linked["dependencies"] = [urn for urn in item["dependencies"] if urn in known]
    if item.get("propertyDependencies"):
        by_property = item["propertyDependencies"].items()
        linked["propertyDependencies"] = {key: [urn for urn in urns or [] if urn in known] for key, urns in by_property}
    for key in ("deletedWith", "parent"):
        if item.get(key) and item[key] not in known:
            del linked[key]
    return linked


def _outputs(live: Live, secret: Iterable[str]) -> Properties:
    """The live outputs, those that the program declares secret marked so; Pulumi encrypts them when it takes the state."""
    return {key: _secret(value) if key in set(secret) else value for key, value in live.outputs.items()}


def _secret(value: Any) -> Any:
    if isinstance(value, dict) and value.get(SIGNATURE) == SECRET:
        return value
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}
