"""Access entries: of a cluster in an API mode; no reserved groups or user names; other types than STANDARD without groups and names.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html (2025-06).
Error: InvalidRequestException and InvalidParameterException (botocore eks); texts as measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import holds, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/accessEntry:AccessEntry",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

MODE: Final = Fault("eks", "CreateAccessEntry", "InvalidRequestException")
INVALID: Final = Fault("eks", "CreateAccessEntry", "InvalidParameterException")
_RESERVED: Final = ("system:", "eks:", "aws:", "amazon:", "iam:")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    cluster = store.get("aws:eks/cluster:Cluster", text(request.inputs, "clusterName"))
    mode = text(holds(cluster), "accessConfig.authenticationMode") or "CONFIG_MAP" if cluster is not None else "API"
    if mode == "CONFIG_MAP":
        need = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
        yield MODE.refusal("clusterName", need)
    yield from _principal(request)
    yield from _names(request)


def _principal(request: Request) -> Iterator[Refusal]:
    principal = text(request.inputs, "principalArn")
    if ":sts:" in principal:
        yield INVALID.refusal(
            "principalArn", f"The principalArn parameter format is not valid: {principal} is a session, not a role or user"
        )
    if ":role/aws-service-role/" in principal:
        yield INVALID.refusal("principalArn", f"The caller is not allowed to modify access entries with a service linked role: {principal}")


def _names(request: Request) -> Iterator[Refusal]:
    groups, user = texts(request.inputs, "kubernetesGroups"), text(request.inputs, "userName")
    kind = text(request.inputs, "type") or "STANDARD"
    for property, name in (*(("kubernetesGroups", group) for group in groups), ("userName", user)):
        if name.startswith(_RESERVED):
            yield INVALID.refusal(property, f"The {property} {name} must not start with any of [{', '.join(_RESERVED)}]")
    if kind != "STANDARD" and (groups or user) and request.phase == "create":
        yield INVALID.refusal("type", f"kubernetesGroups and userName are not allowed for access entries of type {kind}")
