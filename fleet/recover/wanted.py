"""What a stack wants and its state does not have: everything an interrupted update may have made without saying so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fleet.recover import checkpoint
from fleet.recover.checkpoint import Document, Resource

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
HIDDEN: Final = "[secret]"
CREATES: Final = ("create", "replace", "create-replacement")
TAG: Final = "fleet:resource"
LABEL: Final = "fleet-resource"
ANNOTATION: Final = "fleet/resource"
MARK: Final = re.compile(r"(?P<stack>[^/]+)/(?P<name>.+)/(?P<type>[^:]+:[^:]+:[^:/]+)")


@dataclass(frozen=True)
class Wanted:
    """One resource to look for. resource: as the state would hold it, without id and outputs; begun: the state has its create pending."""

    resource: Resource
    begun: bool

    @property
    def urn(self) -> str:
        return str(self.resource["urn"])

    @property
    def type(self) -> str:
        return str(self.resource["type"])

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rpartition("::")[2]

    @property
    def inputs(self) -> dict[str, Any]:
        return dict(self.resource.get("inputs") or {})

    @property
    def settled(self) -> bool:
        """Whether every input is known and readable, so that it can be compared with what the cloud has."""
        return not hidden(self.inputs)

    @property
    def mark(self) -> str | None:
        """Our own mark on it, None where it bears none or its type has no place for one."""
        return mark(self.inputs)

    @property
    def of_cloud(self) -> bool:
        """Whether a provider made it: not a component, not a provider itself."""
        return bool(self.resource.get("custom")) and not self.type.startswith("pulumi:")


def wanted(state: Document, preview: Document) -> tuple[Wanted, ...]:
    """Pending creates first (their inputs are final), then what the next update would create, each URN once."""
    begun = [Wanted(_blank(item.resource), True) for item in checkpoint.pending(state) if item.kind == "creating"]
    steps = [step for step in preview.get("steps", []) if step["op"] in CREATES and step.get("newState")]
    planned = [Wanted(_blank(step["newState"]), False) for step in steps]
    return tuple({item.urn: item for item in [*planned, *begun]}.values())


def mark(properties: Mapping[str, Any]) -> str | None:
    """The mark that tells a resource from all others (components/names.py).

    An AWS tag, a GCP label, an annotation of an object of Kubernetes, else the description that is one.
    """
    metadata = properties.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    held_in = [(properties.get(holder), key) for holder, key in (("tags", TAG), ("labels", LABEL), ("resourceLabels", LABEL))]
    for held, key in [*held_in, (annotations, ANNOTATION)]:
        value = held.get(key) if isinstance(held, Mapping) else None
        if isinstance(value, str) and value != UNKNOWN:
            return value
    description = properties.get("description")
    return description if isinstance(description, str) and MARK.fullmatch(description) else None


def _blank(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if key not in ("id", "outputs", "initErrors", "created", "modified")}


def hidden(value: object) -> bool:
    """Whether a value holds, at any depth, something unknown or a secret that was not decrypted."""
    if isinstance(value, Mapping):
        return "ciphertext" in value or any(hidden(item) for item in value.values())
    if isinstance(value, list):
        return any(hidden(item) for item in value)
    return value in (UNKNOWN, HIDDEN)
