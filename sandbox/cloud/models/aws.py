"""Reads AWS's published service models (botocore's service-2.json) into schemas and error codes.

The models are read straight from the installed wheel: decoding only what is needed takes 4 ms for EKS and 20 ms and 9 MB for EC2, and what
the mapped types do not use is dropped again, so nothing is cached on disk.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import cast

import msgspec

from sandbox.cloud.models.schema import ANY, Kind, Schema, python_pattern


class _Reference(msgspec.Struct):
    shape: str
    documentation: str = ""


class _Error(msgspec.Struct):
    code: str | None = None
    httpStatusCode: int | None = None


class _Shape(msgspec.Struct):
    type: str
    members: dict[str, _Reference] = {}
    required: list[str] = []
    enum: list[str] = []
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    member: _Reference | None = None
    key: _Reference | None = None
    value: _Reference | None = None
    error: _Error | None = None
    documentation: str = ""


class _Http(msgspec.Struct):
    responseCode: int | None = None


class _Operation(msgspec.Struct):
    input: _Reference | None = None
    errors: list[_Reference] = []


class _Model(msgspec.Struct):
    operations: dict[str, _Operation]
    shapes: dict[str, _Shape]


class _Errors(msgspec.Struct):
    operations: dict[str, _Operation]
    shapes: dict[str, _ErrorShape]


class _ErrorShape(msgspec.Struct):
    error: _Error | None = None
    exception: bool = False


def operation_inputs(service: str, operations: Iterable[str]) -> Mapping[str, Schema]:
    """The input of each operation. Raises LookupError for an operation that the service's model does not have."""
    model = msgspec.json.decode(_document(service), type=_Model)
    return {name: _input(model, service, name) for name in operations}


@cache
def operation_errors(service: str) -> Mapping[str, Mapping[str, tuple[str, int | None]]]:
    """Of each operation of a service: exception name -> (error code on the wire, HTTP status; None where the model is silent on it)."""
    model = msgspec.json.decode(_document(service), type=_Errors)
    wire = {name: _wire(name, shape) for name, shape in model.shapes.items() if shape.exception}
    return {name: {e.shape: wire[e.shape] for e in operation.errors} for name, operation in model.operations.items() if operation.errors}


@cache
def operations(service: str) -> frozenset[str]:
    """The names of a service's operations."""
    return frozenset(msgspec.json.decode(_document(service), type=_Errors).operations)


def _wire(name: str, shape: _ErrorShape) -> tuple[str, int | None]:
    error = shape.error or _Error()
    return error.code or name, error.httpStatusCode


def _document(service: str) -> bytes:
    directory = Path(str(distribution("botocore").locate_file("botocore"))) / "data" / service
    documents = sorted(directory.glob("*/service-2.json*"))
    if not documents:
        raise LookupError(f"botocore {distribution('botocore').version} has no service model for {service!r} in {directory}")
    newest = documents[-1]
    return gzip.decompress(newest.read_bytes()) if newest.suffix == ".gz" else newest.read_bytes()


def _input(model: _Model, service: str, name: str) -> Schema:
    operation = model.operations.get(name)
    if operation is None or operation.input is None:
        raise LookupError(f"botocore's model of {service!r} has no operation {name!r} with an input")
    return _schema(model, operation.input.shape, ())


def _schema(model: _Model, name: str, above: tuple[str, ...]) -> Schema:
    if name in above:
        return ANY
    shape, inside = model.shapes[name], (*above, name)

    def at(reference: _Reference | None) -> Schema | None:
        return _member(model, reference, inside) if reference else None

    return Schema(
        kind=_kind(shape.type),
        numeric=shape.type in ("integer", "long", "float", "double"),
        min=shape.min,
        max=shape.max,
        patterns=(python_pattern(shape.pattern),) if shape.pattern else (),
        enum=tuple(shape.enum),
        members={key: _member(model, reference, inside) for key, reference in shape.members.items()},
        required=tuple(shape.required),
        element=at(shape.member or shape.value),
        key=at(shape.key),
        documentation=shape.documentation,
    )


def _member(model: _Model, reference: _Reference, above: tuple[str, ...]) -> Schema:
    schema = _schema(model, reference.shape, above)
    return replace(schema, documentation=f"{reference.documentation} {schema.documentation}") if reference.documentation else schema


def _kind(type_: str) -> Kind:
    return cast(Kind, type_) if type_ in ("list", "map", "structure") else "scalar"
