"""Names that the provider gives where the program gives none (the bridge's auto-naming), and Terraform's `...Prefix` names.

Source: pulumi-terraform-bridge pkg/tfbridge/names.go: name, separator "-", seven random hexadecimal digits from the engine's seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sandbox.cloud import sdk
from sandbox.cloud.identity import identity

SUFFIX_LENGTH = 7
DEFAULTS = "__defaults"
LONGEST = {"aws": 255, "gcp": 63}


class NameTooLong(ValueError):
    """The name in the program leaves no room for the suffix."""


def name_property(type: str) -> str:
    """The property that gets a name when the program gives none, empty where the type has none."""
    given = identity(type).auto_name
    if given:
        return "" if given == "-" else given.split(":")[0]
    declared = sdk.declaration(type).inputs.get("name")
    return "name" if declared is not None and declared.optional and declared.shape.kind == "string" else ""


def generated(type: str, name: str, seed: bytes, longest: int = 0) -> str:
    """A physical name for the resource `name`, the same for the same seed. Raises NameTooLong."""
    cloud = type.split(":", 1)[0]
    prefix = identity(type).auto_name.partition(":")[2]
    base = f"{prefix}{name}-"
    if cloud == "gcp" or type.startswith("aws:s3/"):
        base = base.lower()
    limit = longest or LONGEST[cloud]
    if len(base) + SUFFIX_LENGTH > limit:
        raise NameTooLong(f"name '{base}' plus {SUFFIX_LENGTH} random chars is longer than maximum length {limit}")
    return base + hashlib.sha512(seed + base.encode()).hexdigest()[:SUFFIX_LENGTH]


def was_generated(inputs: Mapping[str, object], key: str) -> bool:
    """Whether the checked inputs hold this value as the provider's own, not the program's."""
    defaults = inputs.get(DEFAULTS)
    return isinstance(defaults, list) and key in defaults
