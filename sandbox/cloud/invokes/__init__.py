"""What the clouds answer to questions that make nothing (Pulumi functions): a function a token, found by being declared here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from sandbox.cloud.invokes.asking import Answer, Asking, NotFound, answers

__all__ = ["Answer", "Asking", "NotFound", "UnknownFunction", "invoke"]


class UnknownFunction(LookupError):
    """A function that the simulated clouds do not answer."""


@cache
def _loaded() -> Mapping[str, Answer]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return answers()


def invoke(token: str, asking: Asking) -> dict[str, object]:
    """The function's result. Raises UnknownFunction, and asking.NotFound where the cloud finds nothing."""
    answer = _loaded().get(token)
    if answer is None:
        raise UnknownFunction(f"the simulated clouds do not answer {token}; they answer {', '.join(sorted(_loaded()))}")
    return answer(asking)
