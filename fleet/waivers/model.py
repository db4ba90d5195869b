"""A waiver: who lets exactly which change through the gate, why, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

Step = Literal["unprotect", "remove", "replace", "capacity"]
"""unprotect: the first step of a removal or replacement; remove, replace: the second; capacity: taking nodes away."""


class Waiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The content of `waivers/<name>.yaml`.

    object: as a plan names it, `prod/core-prod-us-east-1`. path: inside it, empty for the object as a whole. before, after: the values that
    the plan shows, null for absent. owner: the identity that signs. expires: the last day on which it holds.
    """

    api_version: Literal["fleet-waiver/v1"]
    object: str
    path: str
    before: Any
    after: Any
    step: Step
    owner: str
    reason: str
    ticket: str
    expires: date


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver file that does not count, and why. object: whom it was for, empty where it cannot be read."""

    name: str
    why: str
    object: str = ""
