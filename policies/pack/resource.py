"""A registered resource as plain values: what Pulumi does not know yet becomes the policies' own mark of an unknown value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError

from fleet.policies.subject import unknown


@dataclass(frozen=True)
class Resource:
    """One resource. inputs, provider: camelCase properties; parent: URN.

    links: property -> the resources it comes from; None where they are not known, as before the whole stack is.
    """

    type: str
    name: str
    urn: str
    parent: str
    inputs: Mapping[str, Any]
    provider: Mapping[str, Any]
    links: Mapping[str, Sequence[Resource]] | None = field(default=None, compare=False)


def single(args: ResourceValidationArgs) -> Resource:
    """A resource on its own, as it is about to be made."""
    return Resource(args.resource_type, args.name, args.urn, args.opts.parent or "", plain(args.props), _provider(args))


def linked(found: PolicyResource) -> Resource:
    """A resource of a whole stack, with those its properties come from."""
    links = {name: [_unlinked(other) for other in others] for name, others in found.property_dependencies.items()}
    alone = _unlinked(found)
    return Resource(alone.type, alone.name, alone.urn, alone.parent, alone.inputs, alone.provider, links)


def plain(value: Any) -> Any:
    """The SDK's proxies, which raise at an unknown value, as plain values with marks; whole numbers, which arrive as floats, as such."""
    if isinstance(value, Mapping):
        return {key: _read(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_read(value, index) for index in range(len(value))]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read(container: Any, key: str | int) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError as error:
        return unknown(f"{'.'.join(error.props)} is known after the update")


def _unlinked(found: PolicyResource) -> Resource:
    parent = found.parent.urn if found.parent else found.opts.parent or ""
    return Resource(found.resource_type, found.name, found.urn, parent, plain(found.props), _provider(found))


def _provider(found: ResourceValidationArgs | PolicyResource) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = plain(found.provider.props) if found.provider else {}
    return properties
