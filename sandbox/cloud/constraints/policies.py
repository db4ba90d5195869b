"""Reads IAM policy documents (trust policies of roles, policies of keys): may a service, or an account, do something?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from sandbox.cloud.constraints.arns import part


def allows(policy: object, principal: str, actions: Sequence[str], context: Mapping[str, str] | None = None) -> bool:
    """Whether a policy (JSON text, or its document) lets a principal do all the actions; a Deny that names it wins.

    principal: a service as `eks.amazonaws.com`, or an ARN. context: condition keys and their values; conditions on keys that are not in it
    are taken to hold, since what a request sends along is not known here.
    """
    known = context or {}
    named = [each for each in statements(policy) if _names(each, principal) and _holds(each.get("Condition"), known)]

    def said(effect: str, action: str) -> bool:
        return any(each.get("Effect") == effect and _acts(each, action) for each in named)

    return all(said("Allow", action) and not said("Deny", action) for action in actions)


def document(policy: object) -> Mapping[str, object] | None:
    """The document of a policy given as JSON text or as itself; None for anything else."""
    if isinstance(policy, str):
        try:
            policy = json.loads(policy)
        except json.JSONDecodeError:
            return None
    return policy if isinstance(policy, Mapping) else None


def statements(policy: object) -> Iterator[Mapping[str, object]]:
    """The statements of a policy; none where it is no document."""
    found = (document(policy) or {}).get("Statement", ())
    for each in found if isinstance(found, list) else (found,):
        if isinstance(each, Mapping):
            yield each


def _acts(statement: Mapping[str, object], action: str) -> bool:
    return any(fnmatchcase(action.lower(), each.lower()) for each in _listed(statement.get("Action")))


def _names(statement: Mapping[str, object], principal: str) -> bool:
    named = statement.get("Principal")
    if named == "*":
        return True
    if not isinstance(named, Mapping):
        return False
    listed = [each for kind in ("Service", "AWS") for each in _listed(named.get(kind))]
    return principal in listed or (principal.startswith("arn:") and ("*" in listed or part(principal, "account") in listed))


def _holds(condition: object, context: Mapping[str, str]) -> bool:
    """Only string and ARN comparisons with known keys can fail."""
    if not isinstance(condition, Mapping):
        return True
    return all(
        _compares(operator, context[key], _listed(wanted))
        for operator, tests in condition.items()
        if isinstance(tests, Mapping)
        for key, wanted in tests.items()
        if key in context
    )


def _compares(operator: str, value: str, wanted: Sequence[str]) -> bool:
    if operator in ("StringEquals", "StringEqualsIfExists"):
        return value in wanted
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return any(fnmatchcase(value, each) for each in wanted)
    return True


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
