"""Limits that a published API model states only in its prose, as "Possible values are: 1, 3, 5" or "must be 6-30 characters long".

Both AWS's and Google's models leave some limits out of their structured part. The phrases below are the ones that the mapped members use;
a member whose prose has none of them is an error, so a model that is worded anew is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from sandbox.cloud.models.schema import Schema

_Read = Callable[[Schema, re.Match[str]], Schema]


def with_documented_limits(schema: Schema) -> Schema:
    """The schema with the limits of its own prose added. Raises LookupError where the prose states none."""
    limited = schema
    for phrase, read in _PHRASES.items():
        found = re.search(phrase, schema.documentation)
        limited = read(limited, found) if found else limited
    if limited == schema:
        raise LookupError(f"no limit is stated in the model's prose: {schema.documentation[:200]!r}")
    return limited


def _values(schema: Schema, found: re.Match[str]) -> Schema:
    values = tuple(int(number) for number in re.findall(r"\d+", found.group(1)))
    return replace(schema, enum=values, numeric=True)


def _either(schema: Schema, found: re.Match[str]) -> Schema:
    return replace(schema, enum=(int(found.group(1)), int(found.group(2))), numeric=True)


def _names(schema: Schema, found: re.Match[str]) -> Schema:
    return replace(schema, enum=tuple(re.findall(r"<code>([^<]+)</code>", found.group(1))))


def _length(schema: Schema, found: re.Match[str]) -> Schema:
    return replace(schema, min=float(found.group(1)), max=float(found.group(2)))


def _longest(schema: Schema, found: re.Match[str]) -> Schema:
    return replace(schema, max=float(found.group(1)))


def _expression(schema: Schema, found: re.Match[str]) -> Schema:
    return replace(schema, patterns=(*schema.patterns, found.group(1)))


def _also(pattern: str) -> _Read:
    return lambda schema, found: replace(schema, patterns=(*schema.patterns, pattern))


_PHRASES: Final[Mapping[str, _Read]] = {
    r"Possible values are: ([\d, and]+)\.": _values,
    r"possible values are (\d+) seconds \([^)]*\) or (\d+) seconds": _either,
    r"must be (\d+)-(\d+) characters long": _length,
    r"(?i)(?:up to|maximum length is) (\d+) (?:UTF-8 bytes|characters)": _longest,
    r"match the regular expression `([^`]+)`": _expression,
    r"(?i)Lowercase letters, numbers, and hyphens only": _also(r"[-a-z0-9]*"),
    r"Must start with a letter": _also(r"[a-z].*"),
    r"Must end with a number or a letter": _also(r".*[a-z0-9]"),
    r"between `?(\d+)`? and `?(\d+)`?": _length,
    r"minimum value for this field is (\d+) and the maximum value is (\d+)": _length,
    r"Integers from (\d+) to (\d+)": _length,
    r"Valid values are ((?:<code>[^.]+)+)\.": _names,
}
