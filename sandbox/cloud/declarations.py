"""Layer 1: a request against what the SDK declares: unknown property, missing required one, wrong type, at any depth.

The wording is the Terraform bridge's (pulumi-terraform-bridge, pkg/tfbridge: check failures, type checker).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from sandbox.cloud import sdk
from sandbox.cloud.request import Refusal, Request, Unknown
from sandbox.cloud.values import SIGNATURE

INTERNAL = "__"
CODE = "InvalidDeclaration"


def refusals(request: Request) -> list[Refusal]:
    """Everything in the inputs that the SDK's declaration of the type does not allow. Raises sdk.UnknownType."""
    declared = sdk.declaration(request.type).inputs
    return list(_object(request.inputs, declared, "", name_of(request.urn)))


def name_of(urn: str) -> str:
    """The resource's name in the program, as the bridge puts it before the path in its messages."""
    return urn.rsplit("::", 1)[-1]


def _object(values: Mapping[str, object], declared: Mapping[str, sdk.Property], path: str, resource: str) -> Iterator[Refusal]:
    for name, value in values.items():
        if name.startswith(INTERNAL):
            continue
        here = f"{path}.{name}" if path else name
        if name not in declared:
            yield _refusal(here, f"Invalid or unknown key.{_suggestion(name, declared)} Examine values at '{resource}.{here}'.")
        else:
            yield from _value(value, declared[name].shape, here, resource)
    for name, item in declared.items():
        if not item.optional and values.get(name) is None:
            here = f"{path}.{name}" if path else name
            text = f'Missing required argument. The argument "{name}" is required, but no definition was found.'
            yield _refusal(here, f"{text} Examine values at '{resource}.{here}'.")


def _value(value: object, shape: sdk.Shape, path: str, resource: str) -> Iterator[Refusal]:
    if value is None or isinstance(value, Unknown) or shape.kind == "any":
        return
    if shape.kind == "union":
        if not any(not list(_value(value, choice, path, resource)) for choice in shape.of):
            yield from _value(value, _nearest(value, shape.of), path, resource)
    elif not _fits(value, shape.kind):
        yield _refusal(path, f"expected {shape.kind} type, got {_kind(value)} type. Examine values at '{resource}.{path}'.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value(item, shape.of[0], f"{path}[{index}]", resource)
    elif isinstance(value, Mapping) and shape.kind == "map":
        for key, item in value.items():
            yield from _value(item, shape.of[0], _key(path, key), resource)
    elif isinstance(value, Mapping) and shape.object is not None:
        yield from _object(value, sdk.object_inputs(shape.object), path, resource)


def _nearest(value: object, choices: tuple[sdk.Shape, ...]) -> sdk.Shape:
    return next((choice for choice in choices if choice.kind == _kind(value)), choices[0])


def _key(path: str, key: str) -> str:
    return f'{path}["{key}"]' if "." in key else f"{path}.{key}"


def _fits(value: object, kind: sdk.Kind) -> bool:
    """The bridge converts between scalars as Terraform does: 5 for "5", "true" for true, never a list for one value."""
    if kind == "string":
        return isinstance(value, str | bool | int | float)
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind in ("integer", "number"):
        return _is_number(value, whole=kind == "integer")
    if kind == "array":
        return isinstance(value, list)
    if kind == "asset":
        return isinstance(value, Mapping) and SIGNATURE in value
    return isinstance(value, Mapping)


def _is_number(value: object, whole: bool) -> bool:
    if isinstance(value, str):
        return value.lstrip("-").replace(".", "", 0 if whole else 1).isdigit()
    return not isinstance(value, bool) and isinstance(value, int if whole else int | float)


def _kind(value: object) -> sdk.Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "number"
    return "array" if isinstance(value, list) else "object"


def _suggestion(name: str, declared: Mapping[str, sdk.Property]) -> str:
    near = get_close_matches(name, list(declared), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def _refusal(path: str, reason: str) -> Refusal:
    return Refusal(path, CODE, 400, reason)
