"""Blueprint values to canonical JSON and back: sorted keys, two spaces, a final newline, the same bytes for the same value."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")


def encode(value: object) -> bytes:
    """Render a blueprint value (or any mapping of them) as pretty, canonical JSON."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def decode(data: bytes, into: type[T]) -> T:
    """Read `encode`'s output back; raises msgspec.ValidationError naming the path that does not fit."""
    return msgspec.json.decode(data, type=into)
