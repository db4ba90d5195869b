"""What the daemon itself may fail at, told to the engine in one clear sentence instead of a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import grpc

from sandbox.cloud.sdk import UnknownType


class Told(grpc.ServerInterceptor):
    """Turns the failures of the store (full disk, lost file) and types of no SDK into errors of the call; defects keep their traceback."""

    def intercept_service(self, continuation: Callable[[Any], Any], details: grpc.HandlerCallDetails) -> Any:
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                return handler.unary_unary(request, context)
            except sqlite3.Error as error:
                text = f"the simulated clouds cannot use their store ({error}): is the disk full, or the state directory gone?"
                context.abort(grpc.StatusCode.UNAVAILABLE, text)
            except UnknownType as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)
