"""Which operation and member of a published API model each property of a Pulumi type is: the files in types/, one a type.

A property without an entry is the member of the same name (`roleArn` or `RoleArn`, singular or plural). What the model does not have is not
judged: whether the SDK declares it is the first layer's business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from sandbox.cloud.models import aws, google
from sandbox.cloud.models.documented import with_documented_limits
from sandbox.cloud.models.schema import Schema, member_at

_DIRECTORY: Final = Path(__file__).with_name("types")


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is checked of one property beyond the model, and where that is written down.

    masks: least and greatest prefix length of a network.
    """

    source: str
    format: str = ""
    masks: tuple[int, int] | None = None
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()


class TypeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of types/.

    service, operation: as in `faults.Fault`; update and delete: the operations that do so. schema: the request's schema in a discovery
    document. root: the member that the properties lie in. members: property path -> member path, `Operation:member` for another operation's
    input (or another schema), null for what the model has under this name but means otherwise. documented: properties whose limits are in
    the model's prose. api: properties (with all below) that the provider passes on unchecked, so that only the API refuses them. limits:
    what is checked beyond the model. also: values that the provider takes beyond the model's.
    """

    service: str
    operation: str
    delete: str
    update: str = ""
    schema: str = ""
    root: str = ""
    members: dict[str, str | None] = {}
    documented: tuple[str, ...] = ()
    api: tuple[str, ...] = ()
    limits: dict[str, Limit] = {}
    also: dict[str, tuple[str | int, ...]] = {}


@dataclass(frozen=True)
class TypeModel:
    """A Pulumi type's properties in terms of its API model. overrides: property path -> schema, None where there is nothing to judge."""

    file: TypeFile
    root: Schema
    overrides: Mapping[str, Schema | None]

    def checked_by_api_only(self, path: str) -> bool:
        """Whether the provider passes the property on unchecked."""
        return any(path == api or path.startswith(f"{api}.") for api in self.file.api)


@cache
def type_files() -> Mapping[str, TypeFile]:
    """All mapped types: `aws.eks.Cluster` -> its file."""
    return MappingProxyType(
        {path.stem: msgspec.yaml.decode(path.read_bytes(), type=TypeFile, strict=False) for path in sorted(_DIRECTORY.glob("*.yaml"))}
    )


def short_name(token: str) -> str:
    """`aws:eks/cluster:Cluster` -> `aws.eks.Cluster`, the name of its file in types/."""
    package, module, name = token.split(":")
    return f"{package}.{module.split('/')[0]}.{name}"


def type_model(token: str) -> TypeModel | None:
    """The model of a Pulumi type, None where types/ has no file for it. Raises LookupError for a file that names what the model lacks."""
    name = short_name(token)
    file = type_files().get(name)
    return _service_models(file.service)[name] if file else None


@cache
def _service_models(service: str) -> Mapping[str, TypeModel]:
    """All mapped types of one service at once: its document is decoded once and dropped."""
    files = {name: file for name, file in type_files().items() if file.service == service}
    needed = sorted({operation for file in files.values() for operation in _operations(file)})
    inputs = google.schemas(service, needed) if "." in service else aws.operation_inputs(service, needed)
    return MappingProxyType({name: _compiled(name, file, inputs) for name, file in files.items()})


def _operations(file: TypeFile) -> Iterator[str]:
    yield file.schema or file.operation
    yield from (target.split(":")[0] for target in file.members.values() if target and ":" in target)


def _compiled(name: str, file: TypeFile, inputs: Mapping[str, Schema]) -> TypeModel:
    whole = inputs[file.schema or file.operation]
    root = member_at(whole, file.root) if file.root else whole
    overrides = {path: _target(name, path, target, root, inputs) for path, target in file.members.items()}
    for path in file.documented:
        found = overrides.get(path) or member_at(root, path)
        overrides[path] = _documented(name, path, found)
    for path, values in file.also.items():
        found = overrides.get(path) or member_at(root, path)
        overrides[path] = replace(found, enum=(*found.enum, *values))
    bare = {path: _without_prose(schema) if schema else None for path, schema in overrides.items()}
    return TypeModel(file, _without_prose(root), bare)


def _target(name: str, path: str, target: str | None, root: Schema, inputs: Mapping[str, Schema]) -> Schema | None:
    if target is None:
        return None
    operation, _, member = target.rpartition(":")
    try:
        return member_at(inputs[operation] if operation else root, member)
    except LookupError as error:
        raise LookupError(f"sandbox/cloud/models/types/{name}.yaml, members.{path}: {error}") from error


def _documented(name: str, path: str, schema: Schema) -> Schema:
    try:
        return with_documented_limits(schema)
    except LookupError as error:
        raise LookupError(f"sandbox/cloud/models/types/{name}.yaml, documented {path}: {error}") from error


def _without_prose(schema: Schema) -> Schema:
    return replace(
        schema,
        documentation="",
        members={name: _without_prose(member) for name, member in schema.members.items()},
        element=_without_prose(schema.element) if schema.element else None,
        key=_without_prose(schema.key) if schema.key else None,
    )


def types_by_service() -> Mapping[str, tuple[str, ...]]:
    """Service -> the names of its mapped types, for documentation and tests."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for name, file in type_files().items():
        grouped[file.service].append(name)
    return {service: tuple(names) for service, names in grouped.items()}
