"""Who owns which fields of a live object, and how fields go from one owner to another (Kubernetes documentation, "Server-Side Apply")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy

from sandbox.kubernetes.provider.objects import metadata
from sandbox.kubernetes.provider.problem import Values

ADOPTED = frozenset(
    {
        ("kubectl", "Apply"),
        ("kubectl", "Update"),
        ("before-first-apply", "Update"),
        ("pulumi-kubernetes", "Update"),
        ("pulumi-resource-kubernetes", "Update"),
    }
)
"""Owners whose fields become ours at the first update (provider/pkg/await/await.go, fixCSAFieldManagers, 2026-07)."""


CONFLICT = re.compile(r'^conflict with "([^"]+)"')


def owners(live: Values) -> str:
    """The managers of an object's fields, for a message."""
    names = [f"{entry.get('manager')} ({str(entry.get('operation')).lower()})" for entry in _entries(live) if not entry.get("subresource")]
    return ", ".join(dict.fromkeys(names)) or "no known manager"


def managers(live: Values) -> frozenset[str]:
    """The names of those who own fields of an object."""
    return frozenset(str(entry.get("manager")) for entry in _entries(live))


def adopted(live: Values, manager: str) -> list[dict[str, object]] | None:
    """The object's managedFields with the fields of ADOPTED owners under `manager`; None where there is nothing to adopt."""
    entries = _entries(live)
    taken = [entry for entry in entries if (entry.get("manager"), entry.get("operation")) in ADOPTED and not entry.get("subresource")]
    if not taken or manager in {entry.get("manager") for entry in taken}:
        return None
    ours = [entry for entry in entries if entry.get("manager") == manager and entry.get("operation") == "Apply"]
    fields: dict[str, object] = {}
    for entry in (*ours, *taken):
        fields = _united(fields, entry.get("fieldsV1"))
    kept = [entry for entry in entries if entry not in taken and entry not in ours]
    return [*kept, {**taken[0], "manager": manager, "operation": "Apply", "fieldsV1": fields}]


def are_adopted(details: Values) -> bool:
    """Whether all conflicts of a refused apply (`details` of its Status) are with owners whose fields become ours at an update."""
    causes = details.get("causes")
    conflicts = [str(cause.get("message")) for cause in causes if isinstance(cause, Mapping)] if isinstance(causes, list) else []
    named = [CONFLICT.search(text) for text in conflicts]
    names = {name for name, _ in ADOPTED}
    return bool(named) and all(found is not None and found[1] in names for found in named)


def handed_over(body: dict[str, object], live: Values, manager: str, ignored: tuple[str, ...]) -> dict[str, object]:
    """The body without ignored fields that others alone own: to send them would be to claim them."""
    left = deepcopy(body)
    for path in ignored:
        steps = path.split(".")
        if any(_owns(entry, steps) for entry in _entries(live) if entry.get("manager") != manager) and not any(
            _owns(entry, steps) for entry in _entries(live) if entry.get("manager") == manager
        ):
            _drop(left, steps)
    return left


def _entries(live: Values) -> list[dict[str, object]]:
    found = metadata(live).get("managedFields")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _owns(entry: Values, steps: list[str]) -> bool:
    fields = entry.get("fieldsV1")
    for step in steps:
        fields = fields.get(f"f:{step}") if isinstance(fields, Mapping) else None
    return fields is not None


def _drop(item: dict[str, object], steps: list[str]) -> None:
    holder: object = item
    for step in steps[:-1]:
        holder = holder.get(step) if isinstance(holder, dict) else None
    if isinstance(holder, dict):
        holder.pop(steps[-1], None)


def _united(left: Mapping[str, object], right: object) -> dict[str, object]:
    """Two field sets (trees of `f:name`, `k:{..}` and `.`) as one."""
    joined = dict(left)
    for key, value in right.items() if isinstance(right, Mapping) else ():
        below = joined.get(key)
        joined[key] = _united(below, value) if isinstance(below, Mapping) else value
    return joined
