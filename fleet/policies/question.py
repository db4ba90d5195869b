"""What a policy is asked: of a subject it sees the identity and what it declares and is known, so that no fact is read unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.policies.facts import IDENTITY
from fleet.policies.settings import Check
from fleet.policies.subject import reason, unknown

_IDENTITY = tuple(dict.fromkeys(fact.path.split(".")[0] for fact in IDENTITY))
_UNTOLD = "it is not told"


@dataclass(frozen=True)
class Question:
    """asked: what the policy's rules get as `input`; unknown: the declared facts that are not known -> why."""

    policy: str
    asked: Mapping[str, Any]
    unknown: Mapping[str, str]


def question(check: Check) -> Question:
    """The question of one check. Checks of subjects that differ in nothing the policy declares ask the same."""
    document = check.subject.document
    seen: dict[str, Any] = {key: document[key] for key in _IDENTITY}
    untold: dict[str, str] = {}
    for fact in check.setting.policy.facts[check.subject.kind]:
        value = _at(document, fact)
        why = next(_reasons(value), None)
        if why is None:
            _put(seen, fact, value)
        else:
            untold[fact] = why
    return Question(check.setting.policy.id, {"subject": seen, "parameters": check.setting.parameters}, untold)


def _at(document: Mapping[str, Any], fact: str) -> Any:
    value: Any = document
    for step in fact.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return value if reason(value) else unknown(_UNTOLD)
        value = value[step]
    return value


def _put(place: dict[str, Any], fact: str, value: Any) -> None:
    *parents, last = fact.split(".")
    for step in parents:
        place = place.setdefault(step, {})
    place[last] = value


def _reasons(value: Any) -> Iterator[str]:
    """Why a value or a part of it is not known."""
    why = reason(value)
    if why is not None:
        yield why
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _reasons(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _reasons(part)
