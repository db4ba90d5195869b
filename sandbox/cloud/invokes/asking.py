"""One question to a simulated cloud, and the registry of the functions that answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.cloud.request import Caller, Stored
from sandbox.cloud.store import StoreView


@dataclass(frozen=True)
class Asking:
    """Arguments are camelCase and all known; caller is the provider instance's."""

    arguments: Mapping[str, object]
    caller: Caller
    view: StoreView

    @property
    def region(self) -> str:
        """The region asked about: the argument, else the provider's."""
        return str(self.arguments.get("region") or self.caller.region)

    def living(self, type: str) -> list[Stored]:
        """All of a type but what waits for its deletion."""
        return [stored for stored in self.view.all(type) if stored.kept != "PENDING_DELETION"]


class NotFound(LookupError):
    """The cloud has no such thing; property names the argument at fault."""

    def __init__(self, property: str, reason: str) -> None:
        super().__init__(reason)
        self.property = property


Answer = Callable[[Asking], dict[str, object]]
_ANSWERS: dict[str, Answer] = {}


def answers_to(*tokens: str) -> Callable[[Answer], Answer]:
    """Declares a function as the one that answers these tokens."""

    def register(answer: Answer) -> Answer:
        for token in tokens:
            _ANSWERS[token] = answer
        return answer

    return register


def answers() -> Mapping[str, Answer]:
    return _ANSWERS


def wanted(filters: object, stored: Stored, names: Mapping[str, str]) -> bool:
    """EC2's filters: every one must hold; `tag:KEY` looks at tags, `names` maps the others to outputs (unknown names: kebab to camel)."""
    for item in filters if isinstance(filters, list) else []:
        key, values = str(item["name"]), [str(value) for value in item["values"]]
        tags = stored.outputs.get("tags")
        if key.startswith("tag:"):
            value = tags.get(key[4:]) if isinstance(tags, Mapping) else None
        else:
            value = stored.outputs.get(names.get(key, _camel(key)))
        if str(value) not in values:
            return False
    return True


def tagged(tags: object, stored: Stored) -> bool:
    """Whether the resource has all of these tags."""
    own = stored.outputs.get("tags")
    return not isinstance(tags, Mapping) or (isinstance(own, Mapping) and all(own.get(key) == value for key, value in tags.items()))


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)
