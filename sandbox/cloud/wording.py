"""Errors in the words of the real providers: what was being done to what, which API call the cloud refused, and why.

Sources: create.Error and the AWS SDK's operation errors (terraform-provider-aws internal/create/errors.go; aws-sdk-go-v2), googleapi.Error
(google.golang.org/api/googleapi).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.cloud.identity import Identity, identity, uuid_of
from sandbox.cloud.request import Phase, Refusal

_DOING: Mapping[Phase, tuple[str, str]] = {
    "create": ("creating", "Create"),
    "update": ("updating", "Update"),
    "delete": ("deleting", "Delete"),
    "check": ("reading", "Describe"),
}
# AWS services whose errors have shapes of their own; the others answer with "api error CODE".
_MODELLED = frozenset({"EKS", "KMS", "IAM", "CloudWatch Logs", "ECR", "SSM", "Secrets Manager", "Route 53"})


class Refused(Exception):
    """A cloud's refusal; its text is what the engine shows. The text names the property, since the engine cannot."""


def refused(type: str, phase: Phase, name: str, refusals: Sequence[Refusal]) -> Refused:
    """One error for all refusals of one call, the way the bridge reports a failed create, update or delete."""
    known = identity(type)
    lines = [_sentence(type.split(":", 1)[0], known, phase, name, refusal) for refusal in refusals]
    return Refused(f"{len(lines)} error{'s' if len(lines) > 1 else ''} occurred:\n" + "".join(f"\t* {line}\n" for line in lines) + "\n")


def _sentence(cloud: str, known: Identity, phase: Phase, name: str, refusal: Refusal) -> str:
    return (_aws if cloud == "aws" else _gcp)(known, phase, name, refusal) + (f" (property {refusal.property})" if refusal.property else "")


def _aws(known: Identity, phase: Phase, name: str, refusal: Refusal) -> str:
    doing, verb = _DOING[phase]
    request = uuid_of(f"{known.words}/{name}/{refusal.reason}")
    error = f"{refusal.code}: {refusal.reason}" if known.service in _MODELLED else f"api error {refusal.code}: {refusal.reason}"
    where = f"https response error StatusCode: {refusal.status}, RequestID: {request}"
    return f"{doing} {known.words} ({name}): operation error {known.service}: {verb}{known.noun}, {where}, {error}"


def _gcp(known: Identity, phase: Phase, name: str, refusal: Refusal) -> str:
    return f"Error {_DOING[phase][0]} {known.words} ({name}): googleapi: Error {refusal.status}: {refusal.reason}, {refusal.code}"


def throttled(type: str) -> Refusal:
    """A cloud that says "slow down" until the provider's own retries are spent."""
    if type.startswith("aws:"):
        return Refusal("", "ThrottlingException", 400, "Rate exceeded")
    return Refusal("", "rateLimitExceeded", 429, "Quota exceeded for quota metric 'Write requests'")


def internal(type: str) -> Refusal:
    """A cloud that fails by itself."""
    if type.startswith("aws:"):
        return Refusal("", "ServerException", 500, "Internal server error")
    return Refusal("", "backendError", 503, "Internal error. Please try again or contact Google Support.")


def timed_out(type: str, name: str) -> str:
    """The resource was asked for, and the provider stopped waiting for it."""
    words = identity(type).words
    reason = "timeout while waiting for state to become 'ACTIVE' (last state: 'CREATING', timeout: 30m0s)"
    return f"1 error occurred:\n\t* waiting for {words} ({name}) create: {reason}\n\n"


def not_healthy(type: str, name: str) -> str:
    """The resource is there, and did not come up."""
    return f"waiting for {identity(type).words} ({name}) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'"
