"""Reads values out of requests and stored resources; what is unknown reads as absent, so that no constraint can refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sandbox.cloud.request import Request, Stored, Unknown


def value(inputs: Mapping[str, object], path: str) -> object:
    """What is at a dotted path, None where nothing is or where it is unknown. Lists are not looked into."""
    here: object = inputs
    for name in path.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return None if isinstance(here, Unknown) else here


def text(inputs: Mapping[str, object], path: str) -> str:
    """The string at a dotted path, empty where there is none."""
    found = value(inputs, path)
    return found if isinstance(found, str) else ""


def integer(inputs: Mapping[str, object], path: str) -> int | None:
    """The whole number at a dotted path."""
    found = value(inputs, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def flag(inputs: Mapping[str, object], path: str, default: bool) -> bool:
    """The truth value at a dotted path, the default where there is none."""
    found = value(inputs, path)
    return found if isinstance(found, bool) else default


def strings(inputs: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
    """(exact path, string) of every known string at a dotted path, looking into lists: `taints.key` gives `taints[0].key` ..."""
    yield from _strings(inputs, path.split("."), "")


def texts(inputs: Mapping[str, object], path: str) -> tuple[str, ...]:
    """The known strings at a dotted path, looking into lists."""
    return tuple(found for _, found in strings(inputs, path))


def is_unknown(inputs: Mapping[str, object], path: str) -> bool:
    """Whether something at or above a dotted path, or in a list there, is not known yet."""
    here: object = inputs
    for name in path.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
        if isinstance(here, Unknown):
            return True
    return isinstance(here, Sequence) and not isinstance(here, str) and any(isinstance(each, Unknown) for each in here)


def region(request: Request) -> str:
    """The region that the request is for: the resource's own or the provider's; empty where that is not known."""
    return "" if is_unknown(request.inputs, "region") else text(request.inputs, "region") or request.caller.region


def effective(request: Request) -> Mapping[str, object]:
    """What is held of the resource that an update or delete is about."""
    return {**(request.old_inputs or {}), **(request.outputs or {})}


def changed(request: Request, path: str) -> bool:
    """Whether an update gives a known new value to a property."""
    new, old = value(request.inputs, path), value(request.old_inputs or {}, path)
    return new is not None and new != old


def holds(stored: Stored) -> Mapping[str, object]:
    """All values of a stored resource."""
    return {**stored.inputs, **stored.outputs}


def _strings(here: object, path: Sequence[str], at: str) -> Iterator[tuple[str, str]]:
    if isinstance(here, str):
        if not path:
            yield at, here
    elif isinstance(here, Mapping):
        if path:
            yield from _strings(here.get(path[0]), path[1:], f"{at}.{path[0]}".lstrip("."))
    elif isinstance(here, Sequence):
        for index, below in enumerate(here):
            yield from _strings(below, path, f"{at}[{index}]")
