"""Errors that the clouds' APIs answer with: the code and HTTP status are looked up in the published models, never typed beside a rule."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from sandbox.cloud.models import aws, google
from sandbox.cloud.request import Refusal

_CLIENT_ERROR: Final = 400  # what AWS's JSON protocols answer for an exception whose shape states no status


class _AwsCodes(msgspec.Struct):
    source: str
    date: datetime.date
    codes: dict[str, int]


class _GoogleCode(msgspec.Struct):
    reason: str
    canonical: str


class _GoogleCodes(msgspec.Struct):
    source: str
    date: datetime.date
    codes: dict[str, _GoogleCode]


class Codes(msgspec.Struct):
    """The content of codes.yaml."""

    invalid: dict[str, str]
    aws: dict[str, _AwsCodes]
    google: _GoogleCodes


@dataclass(frozen=True)
class Fault:
    """One error of one operation.

    service: botocore's service name as `eks`, or a discovery document as `container.v1`. operation: `CreateCluster`, or the method id as
    `container.projects.locations.clusters.create`. error: the exception's name, or Google's canonical code as `ALREADY_EXISTS`.
    """

    service: str
    operation: str
    error: str

    def refusal(self, property: str, reason: str) -> Refusal:
        """A refusal with this error. Raises LookupError where neither the model nor codes.yaml knows the error."""
        code, status = resolve(self)
        return Refusal(property=property, code=code, status=status, reason=reason)


def invalid(service: str, operation: str) -> Fault:
    """What a service answers with when a value breaks its model."""
    return Fault(service, operation, codes().invalid[service])


@cache
def resolve(fault: Fault) -> tuple[str, int]:
    """(code, HTTP status) of a fault."""
    return _google(fault) if "." in fault.service else _aws(fault)


@cache
def codes() -> Codes:
    """codes.yaml, beside this module."""
    text = Path(__file__).with_name("codes.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=Codes, strict=False)


def _aws(fault: Fault) -> tuple[str, int]:
    listed: Mapping[str, tuple[str, int | None]] = aws.operation_errors(fault.service).get(fault.operation, {})
    if fault.error in listed:
        code, status = listed[fault.error]
        return code, status or _CLIENT_ERROR
    if fault.operation not in aws.operations(fault.service):
        raise LookupError(f"botocore's model of {fault.service!r} has no operation {fault.operation}")
    unlisted = codes().aws.get(fault.service)
    if unlisted is None or fault.error not in unlisted.codes:
        raise LookupError(f"{fault.service} {fault.operation} has no error {fault.error}; it has: {', '.join(sorted(listed))}")
    return fault.error, unlisted.codes[fault.error]


def _google(fault: Fault) -> tuple[str, int]:
    if fault.operation not in google.methods(fault.service):
        raise LookupError(f"the discovery document {fault.service} has no method {fault.operation}")
    own = codes().google.codes.get(fault.error)
    statuses = google.canonical_statuses()
    canonical = own.canonical if own else fault.error
    if canonical not in statuses:
        raise LookupError(f"{canonical} is no canonical error code; there are: {', '.join(sorted(statuses))}")
    return own.reason if own else _reason(fault.error), statuses[canonical].code


def _reason(canonical: str) -> str:
    """The legacy reason of a canonical code: its own name, but for invalid arguments the phrase of its HTTP status (`badRequest`)."""
    words = google.canonical_statuses()[canonical].phrase if canonical == "INVALID_ARGUMENT" else canonical
    first, *rest = re.split(r"[ _]", words.lower())
    return first + "".join(word.capitalize() for word in rest)
