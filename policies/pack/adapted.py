"""What a resource tells of itself, in the policies' words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.policies.facts import Kind


@dataclass(frozen=True)
class Adapted:
    """region: the cloud's id, or the mark of an unknown value. facts: dotted path -> value, as in fleet.policies.facts."""

    kind: Kind
    region: Any
    facts: Mapping[str, Any]
