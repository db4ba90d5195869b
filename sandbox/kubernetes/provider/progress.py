"""Tells the engine, and so the person at the terminal, what a long call waits for: Engine.Log at the address the engine gave."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field

import grpc

from sandbox.cloud.protocol import engine_pb2, engine_pb2_grpc

SEND_SECONDS = 5.0


@dataclass
class Progress:
    """One engine's log. address: empty where there is none, then nothing is sent."""

    address: str
    _channel: grpc.Channel | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def status(self, urn: str, text: str) -> None:
        """A line beside the resource, until the next one; empty takes it away."""
        self._send(urn, engine_pb2.INFO, text, ephemeral=True)

    def warn(self, urn: str, text: str) -> None:
        """A warning that stays."""
        self._send(urn, engine_pb2.WARNING, text, ephemeral=False)

    def close(self) -> None:
        with self._lock:
            if self._channel is not None:
                self._channel.close()
                self._channel = None

    def _send(self, urn: str, severity: engine_pb2.LogSeverity.ValueType, text: str, *, ephemeral: bool) -> None:
        if not self.address:
            return
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
        try:
            engine_pb2_grpc.EngineStub(self._open()).Log(request, timeout=SEND_SECONDS)
        except grpc.RpcError as error:
            print(f"kubernetes: the engine at {self.address} takes no log ({error.code()}): {text}", file=sys.stderr, flush=True)

    def _open(self) -> grpc.Channel:
        with self._lock:
            if self._channel is None:
                self._channel = grpc.insecure_channel(self.address)
            return self._channel
