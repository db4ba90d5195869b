"""Judges a resource's properties by its API model: which values break which limit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sandbox.cloud.models import formats
from sandbox.cloud.models.mapping import Limit, TypeModel
from sandbox.cloud.models.schema import Schema, member, spellings
from sandbox.cloud.request import Unknown

Rule = Literal["enum", "length", "range", "count", "pattern", "required", "format"]


@dataclass(frozen=True)
class Violation:
    """One value that breaks one limit. path: as `taints[0].effect`. text: of a format, what is wrong with the value."""

    path: str
    rule: Rule
    value: object
    schema: Schema
    text: str = ""

    @property
    def plain_path(self) -> str:
        """The path without list indices, as the type files name properties."""
        return re.sub(r"\[[^]]*\]", "", self.path)


def violations(model: TypeModel, inputs: Mapping[str, object]) -> Iterator[Violation]:
    """All violations of the model and of what is checked beyond it. What is unknown is not judged."""
    for name, value in inputs.items():
        schema = _override_or_member(model, model.root, name, name)
        yield from _value(model, schema, name, name, value)
    for path, limit in model.file.limits.items():
        yield from _limit(path, limit, _at(inputs, path))


def _value(model: TypeModel, schema: Schema | None, path: str, plain: str, value: object) -> Iterator[Violation]:
    if schema is None or value is None or isinstance(value, Unknown):
        return
    if isinstance(value, Mapping):
        yield from _mapping(model, schema, path, plain, value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _list(model, schema, path, plain, value)
    else:
        while schema.kind == "list" and schema.element is not None:
            schema = schema.element
        yield from scalar(schema, path, value)


def _mapping(model: TypeModel, schema: Schema, path: str, plain: str, value: Mapping[str, object]) -> Iterator[Violation]:
    if schema.kind == "map":
        yield from _map(model, schema, path, plain, value)
    elif (pair := _tag_pair(schema)) is not None:
        yield from _map(model, pair, path, plain, value)
    else:
        structure = schema.element if schema.kind == "list" and schema.element is not None else schema
        yield from _structure(model, structure, path, plain, value)


def _structure(model: TypeModel, schema: Schema, path: str, plain: str, value: Mapping[str, object]) -> Iterator[Violation]:
    for name, below in value.items():
        inner = f"{plain}.{name}"
        yield from _value(model, _override_or_member(model, schema, inner, name), f"{path}.{name}", inner, below)
    renamed = any(override.startswith(f"{plain}.") for override in model.overrides)
    for required in () if renamed else schema.required:
        if not any(required in spellings(name) for name in value):
            yield Violation(f"{path}.{required}", "required", None, schema)


def _map(model: TypeModel, schema: Schema, path: str, plain: str, value: Mapping[str, object]) -> Iterator[Violation]:
    yield from _count(schema, path, value)
    for key, below in value.items():
        if schema.key is not None:
            yield from scalar(schema.key, f'{path}["{key}"]', key)
        yield from _value(model, schema.element, f'{path}["{key}"]', plain, below)


def _list(model: TypeModel, schema: Schema, path: str, plain: str, value: Sequence[object]) -> Iterator[Violation]:
    if schema.kind == "list":
        yield from _count(schema, path, value)
    element = schema.element if schema.kind == "list" else schema
    for index, below in enumerate(value):
        yield from _value(model, element, f"{path}[{index}]", plain, below)


def _count(schema: Schema, path: str, value: Mapping[str, object] | Sequence[object]) -> Iterator[Violation]:
    if schema.max is not None and len(value) > schema.max:
        yield Violation(path, "count", len(value), schema)


def scalar(schema: Schema, path: str, value: object) -> Iterator[Violation]:
    """Violations of one string or number."""
    if schema.enum and value not in schema.enum and str(value) not in schema.enum:
        yield Violation(path, "enum", value, schema)
    if schema.numeric or isinstance(value, (int, float)):
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not _within(schema, value):
            yield Violation(path, "range", value, schema)
        return
    text = str(value)
    if not _within(schema, len(text)):
        yield Violation(path, "length", value, schema)
    elif any(not _compiled(pattern).fullmatch(text) for pattern in schema.patterns):
        yield Violation(path, "pattern", value, schema)


def _limit(path: str, limit: Limit, value: object) -> Iterator[Violation]:
    if value is None or isinstance(value, Unknown):
        return
    text = formats.problem(limit.format, value, limit.masks) if limit.format and isinstance(value, str) else ""
    if text:
        yield Violation(path, "format", value, Schema(kind="scalar"), text)
    patterns = (limit.pattern,) if limit.pattern else ()
    yield from scalar(Schema(kind="scalar", min=limit.min, max=limit.max, patterns=patterns, enum=limit.enum), path, value)


def _within(schema: Schema, size: float) -> bool:
    return (schema.min is None or size >= schema.min) and (schema.max is None or size <= schema.max)


def _override_or_member(model: TypeModel, schema: Schema, plain: str, name: str) -> Schema | None:
    if plain in model.overrides:
        return model.overrides[plain]
    return member(schema, name)


def _tag_pair(schema: Schema) -> Schema | None:
    """AWS's lists of {Key, Value} as the map that the SDK makes of them; None for other schemas."""
    if schema.kind != "list" or schema.element is None:
        return None
    members = schema.element.members
    for key, value in (("Key", "Value"), ("TagKey", "TagValue")):
        if set(members) == {key, value}:
            return Schema(kind="map", max=schema.max, key=members[key], element=members[value])
    return None


def _at(inputs: Mapping[str, object], path: str) -> object:
    here: object = inputs
    for name in path.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
