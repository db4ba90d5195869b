"""Reads a role's trust policy: may a service assume the role?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase


def allows(policy: object, service: str, actions: Sequence[str]) -> bool:
    """Whether a trust policy (JSON text, or its document) lets a service do all the actions; a Deny that names it wins.

    Conditions are taken to hold: what a service sends along is not known here.
    """
    statements = tuple(_statements(policy))

    def named(effect: str, action: str) -> bool:
        return any(each.get("Effect") == effect and _acts(each, action) and _names(each, service) for each in statements)

    return all(named("Allow", action) and not named("Deny", action) for action in actions)


def _statements(policy: object) -> Iterator[Mapping[str, object]]:
    document = _document(policy)
    found = document.get("Statement", ())
    for each in found if isinstance(found, list) else (found,):
        if isinstance(each, Mapping):
            yield each


def _document(policy: object) -> Mapping[str, object]:
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except json.JSONDecodeError:
            return {}
    return policy if isinstance(policy, Mapping) else {}


def _acts(statement: Mapping[str, object], action: str) -> bool:
    return any(fnmatchcase(action.lower(), each.lower()) for each in _listed(statement.get("Action")))


def _names(statement: Mapping[str, object], service: str) -> bool:
    principal = statement.get("Principal")
    if principal == "*":
        return True
    return isinstance(principal, Mapping) and service in (*_listed(principal.get("Service")),)


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
