"""What a cloud answers about a resource: its inputs' effective values, and what it computes itself.

Most of it is generic (the SDK's declared outputs, identity.tsv); a module here adds what a family of types computes. The modules are found
by being here.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.cloud import sdk
from sandbox.cloud.outputs.making import Maker, Making, makers

__all__ = ["Maker", "Making", "outputs"]

ATTRIBUTION = {"goog-pulumi-provisioned": "true"}


def outputs(making: Making) -> dict[str, object]:
    """All outputs of a resource: what is not known before its creation is UNKNOWN at preview. Raises sdk.UnknownType."""
    declared = sdk.declaration(making.type).outputs
    given = {key: value for key, value in making.inputs.items() if not key.startswith("__")}
    result = {**given, **_placed(making, declared), **_labelled(making, declared)}
    maker = makers().get(making.type)
    if maker is not None:
        result |= maker(making)
    for name, item in declared.items():
        if name not in result and not item.optional:
            kept = making.kept(name)
            result[name] = _empty(item.shape, 0) if kept is None else kept
    return result


def _placed(making: Making, declared: Mapping[str, sdk.Property]) -> dict[str, object]:
    """Where it is, what it is called there (arn, self link), and whose it is."""
    found: dict[str, object] = {}
    if "arn" in declared and making.identity.arn:
        found["arn"] = making.text(making.identity.arn)
    if "selfLink" in declared:
        found["selfLink"] = making.text(f"https://www.googleapis.com/{making.identity.service}/v1/{making.identity.id}")
    for name in ("region", "project", "location", "zone"):
        if name in declared and name not in making.inputs and not (name in ("location", "zone") and declared[name].optional):
            found[name] = making.place(name)
    if "deletionPolicy" in declared and making.caller.cloud == "gcp":
        found |= making.defaults(deletionPolicy="DELETE")
    if "ownerId" in declared:
        found["ownerId"] = making.caller.account
    return found


def _labelled(making: Making, declared: Mapping[str, sdk.Property]) -> dict[str, object]:
    if "tagsAll" in declared:
        return {"tagsAll": making.inputs.get("tags", {})}
    if "effectiveLabels" not in declared:
        return {}
    own = making.inputs.get("labels")
    effective = {**making.default_labels, **(own if isinstance(own, Mapping) else {}), **ATTRIBUTION}
    return {"effectiveLabels": effective, "pulumiLabels": effective}


def _empty(shape: sdk.Shape, depth: int) -> object:
    """What an API answers where nothing is set: the empty value of the declared kind."""
    if shape.kind == "object" and shape.object is not None and depth < 4:
        inner = sdk.object_outputs(shape.object)
        return {name: _empty(item.shape, depth + 1) for name, item in inner.items() if not item.optional}
    if shape.kind == "union":
        return _empty(shape.of[0], depth)
    empty: Mapping[str, object] = {"array": [], "boolean": False, "integer": 0, "number": 0, "map": {}, "object": {}}
    return empty.get(shape.kind, "")
