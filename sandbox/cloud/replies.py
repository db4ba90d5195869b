"""Replies to the engine that take more than one message of its protocol: a refusal, a difference, a resource that is only partly made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2

from sandbox.cloud.differences import Difference
from sandbox.cloud.protocol import provider_pb2, status_pb2
from sandbox.cloud.request import Refusal
from sandbox.cloud.values import wire

_KINDS = {
    "add": (provider_pb2.PropertyDiff.ADD, provider_pb2.PropertyDiff.ADD_REPLACE),
    "delete": (provider_pb2.PropertyDiff.DELETE, provider_pb2.PropertyDiff.DELETE_REPLACE),
    "update": (provider_pb2.PropertyDiff.UPDATE, provider_pb2.PropertyDiff.UPDATE_REPLACE),
}


def abort(context: grpc.ServicerContext, code: grpc.StatusCode, text: str) -> NoReturn:
    """End the call with an error."""
    context.abort(code, text)
    raise AssertionError("context.abort raises")


def abort_partly_made(
    context: grpc.ServicerContext, id: str, outputs: Mapping[str, object], inputs: Mapping[str, object], reasons: Sequence[str]
) -> NoReturn:
    """The engine keeps the resource with what is wrong with it (ErrorResourceInitFailed in the status details)."""
    detail = provider_pb2.ErrorResourceInitFailed(id=id, properties=wire(outputs), reasons=list(reasons), inputs=wire(inputs))
    packed = any_pb2.Any()
    packed.Pack(detail)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reasons[0], details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    abort(context, grpc.StatusCode.UNKNOWN, reasons[0])


def failures(refusals: Sequence[Refusal]) -> list[Any]:
    """Check's failures."""
    return [provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in refusals]


def difference_reply(changes: Sequence[tuple[Difference, bool]], delete_first: bool) -> provider_pb2.DiffResponse:
    """Always a full answer: kind for each path, what replaces twice over (facts: the engine shows an update otherwise)."""
    detailed = {item.text: provider_pb2.PropertyDiff(kind=_KINDS[item.change][replacing], inputDiff=True) for item, replacing in changes}
    kinds = provider_pb2.DiffResponse
    return provider_pb2.DiffResponse(
        changes=kinds.DIFF_SOME if changes else kinds.DIFF_NONE,
        diffs=sorted({str(item.path[0]) for item, _ in changes}),
        replaces=sorted({str(item.path[0]) for item, replacing in changes if replacing}),
        deleteBeforeReplace=delete_first,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
