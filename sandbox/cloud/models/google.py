"""Reads Google's published API models (the discovery documents inside google-api-python-client) into schemas and error statuses.

The documents are read straight from the installed wheel: the largest (compute, 5 MB) decodes in 10 ms, and what the mapped types do not use
is dropped again, so nothing is cached on disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import msgspec

from sandbox.cloud.models.schema import ANY, Kind, Schema, python_pattern


class _Property(msgspec.Struct):
    type: str | None = None
    ref: str | None = msgspec.field(name="$ref", default=None)
    description: str = ""
    enum: list[str] = []
    enumDescriptions: list[str] = []
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    items: _Property | None = None
    properties: dict[str, _Property] = {}
    additionalProperties: _Property | None = None
    annotations: dict[str, list[str]] = {}


class _Parameter(msgspec.Struct):
    description: str = ""
    pattern: str | None = None


class _Method(msgspec.Struct):
    id: str
    parameters: dict[str, _Parameter] = {}


class _Resource(msgspec.Struct):
    methods: dict[str, _Method] = {}
    resources: dict[str, _Resource] = {}


class _Document(msgspec.Struct):
    schemas: dict[str, _Property]
    resources: dict[str, _Resource] = {}


def schemas(document: str, names: Iterable[str]) -> Mapping[str, Schema]:
    """The named schemas (`Cluster`) and method parameters (`compute.networks.insert`) of one document, as `container.v1`.

    Raises LookupError for a name that the document does not have.
    """
    model = msgspec.json.decode(_read(document), type=_Document)
    methods = {method.id: method for resource in model.resources.values() for method in _methods(resource)}
    return {name: _parameters(methods[name]) if name in methods else _named(model, document, name) for name in names}


@cache
def methods(document: str) -> frozenset[str]:
    """The ids of a document's methods, as `container.projects.locations.clusters.create`."""
    model = msgspec.json.decode(_read(document), type=_Document)
    return frozenset(method.id for resource in model.resources.values() for method in _methods(resource))


@dataclass(frozen=True)
class HttpStatus:
    """An HTTP status code and its phrase, as 409 and `Conflict`."""

    code: int
    phrase: str


@cache
def canonical_statuses() -> Mapping[str, HttpStatus]:
    """Canonical error code -> HTTP status, as `ALREADY_EXISTS` -> 409 Conflict: read from GKE's enum StatusCondition.canonicalCode."""
    model = msgspec.json.decode(_read("container.v1"), type=_Document)
    codes = model.schemas["StatusCondition"].properties["canonicalCode"]
    mapped = ((code, re.search(r"HTTP Mapping: (\d+) (.+)$", text)) for code, text in zip(codes.enum, codes.enumDescriptions, strict=True))
    return {code: HttpStatus(int(found.group(1)), found.group(2).strip()) for code, found in mapped if found}


def _read(document: str) -> bytes:
    base = Path(str(distribution("google-api-python-client").locate_file("googleapiclient")))
    path = base / "discovery_cache" / "documents" / f"{document}.json"
    if not path.is_file():
        raise LookupError(f"google-api-python-client {distribution('google-api-python-client').version} has no discovery document {path}")
    return path.read_bytes()


def _methods(resource: _Resource) -> Iterator[_Method]:
    yield from resource.methods.values()
    for below in resource.resources.values():
        yield from _methods(below)


def _parameters(method: _Method) -> Schema:
    members = {
        name: Schema(kind="scalar", patterns=_patterns(parameter.pattern), documentation=parameter.description)
        for name, parameter in method.parameters.items()
    }
    return Schema(kind="structure", members=members)


def _named(model: _Document, document: str, name: str) -> Schema:
    if name not in model.schemas:
        raise LookupError(f"the discovery document {document} has neither a schema nor a method {name!r}")
    return _schema(model, model.schemas[name], (name,))


def _schema(model: _Document, value: _Property, above: tuple[str, ...]) -> Schema:
    if value.ref:
        return ANY if value.ref in above else _schema(model, model.schemas[value.ref], (*above, value.ref))
    element = value.items or value.additionalProperties
    return Schema(
        kind=_kind(value),
        numeric=value.type in ("integer", "number"),
        min=float(value.minimum) if value.minimum else None,
        max=float(value.maximum) if value.maximum else None,
        patterns=_patterns(value.pattern),
        enum=tuple(value.enum),
        members={name: _schema(model, below, above) for name, below in value.properties.items()},
        element=_schema(model, element, above) if element else None,
        documentation=value.description,
    )


def _patterns(pattern: str | None) -> tuple[str, ...]:
    return (python_pattern(pattern),) if pattern else ()


def _kind(value: _Property) -> Kind:
    if value.properties:
        return "structure"
    if value.type == "array":
        return "list"
    if value.additionalProperties is not None:
        return "map"
    return "any" if value.type in (None, "object", "any") else "scalar"
