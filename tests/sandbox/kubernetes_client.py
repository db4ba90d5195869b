"""A kubernetes provider instance in the test's own process, spoken to over gRPC as the engine does, and an engine that takes its log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2

from sandbox.cloud.database import Store
from sandbox.cloud.protocol import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2
from sandbox.cloud.values import plain, wire
from sandbox.kubernetes.provider.progress import Progress
from sandbox.kubernetes.provider.servicer import Provider, Surface
from sandbox.kubernetes.provider.settings import Surroundings
from tests.sandbox.clusters_world import Clusters

Values = Mapping[str, object]
VERSION = "4.34.2"


def urn(type: str, name: str) -> str:
    return f"urn:pulumi:dev::rehearsal::{type}::{name}"


@dataclass
class Made:
    """A resource as the engine would keep it; unready: what the provider said of it when it was not ready."""

    type: str
    name: str
    id: str
    inputs: dict[str, object]
    outputs: dict[str, object]
    unready: tuple[str, ...] = ()


class Refusal(Exception):
    """The provider answered with an error."""


class Log(engine_pb2_grpc.EngineServicer):
    """The engine's side of the log: what passed by, and what stays."""

    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.warnings: list[str] = []

    def Log(self, request: Any, context: grpc.ServicerContext) -> empty_pb2.Empty:
        (self.statuses if request.ephemeral else self.warnings).append(request.message)
        return empty_pb2.Empty()


@dataclass
class Client:
    """What the engine does with a provider."""

    stub: provider_pb2_grpc.ResourceProviderStub
    log: Log
    olds: dict[str, object] = field(default_factory=dict)

    def configure(self, **arguments: str) -> None:
        self.stub.Configure(provider_pb2.ConfigureRequest(args=wire(arguments)))

    def check(self, type: str, name: str, inputs: Values, olds: Values | None = None, seed: bytes = b"seed") -> dict[str, object]:
        """The checked inputs. Raises Refusal with the failures."""
        request = provider_pb2.CheckRequest(urn=urn(type, name), olds=wire(olds or {}), news=wire(inputs), randomSeed=seed)
        answer = self.stub.Check(request)
        if answer.failures:
            raise Refusal("; ".join(f"{failure.property}: {failure.reason}" for failure in answer.failures))
        return plain(answer.inputs)

    def preview(self, type: str, name: str, inputs: Values) -> dict[str, object]:
        checked = self.check(type, name, inputs)
        request = provider_pb2.CreateRequest(urn=urn(type, name), properties=wire(checked), preview=True)
        return plain(self._call(self.stub.Create, request).properties)

    def create(self, type: str, name: str, inputs: Values, seconds: float = 0.0, seed: bytes = b"seed") -> Made:
        """Check, then create; what is there and not ready is returned so."""
        checked = self.check(type, name, inputs, seed=seed)
        request = provider_pb2.CreateRequest(urn=urn(type, name), properties=wire(checked), timeout=seconds)
        try:
            answer = self.stub.Create(request)
        except grpc.RpcError as error:
            return _partly(type, name, checked, error)
        return Made(type, name, answer.id, checked, plain(answer.properties))

    def diff(self, made: Made, news: Values) -> provider_pb2.DiffResponse:
        return self.diff_checked(made, self.check(made.type, made.name, news, made.inputs))

    def diff_checked(self, made: Made, checked: Values) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            urn=urn(made.type, made.name), id=made.id, old_inputs=wire(made.inputs), olds=wire(made.outputs), news=wire(checked)
        )
        return self.stub.Diff(request)

    def update(self, made: Made, news: Values, *, preview: bool = False, seconds: float = 0.0, ignore: tuple[str, ...] = ()) -> Made:
        checked = self.check(made.type, made.name, news, made.inputs)
        request = provider_pb2.UpdateRequest(
            urn=urn(made.type, made.name),
            id=made.id,
            old_inputs=wire(made.inputs),
            olds=wire(made.outputs),
            news=wire(checked),
            preview=preview,
            timeout=seconds,
            ignoreChanges=list(ignore),
        )
        try:
            answer = self.stub.Update(request)
        except grpc.RpcError as error:
            return _partly(made.type, made.name, checked, error)
        return Made(made.type, made.name, made.id, checked, plain(answer.properties))

    def read(self, made: Made) -> Made | None:
        """As `pulumi refresh` does."""
        return self.read_id(made.type, made.name, made.id, made.inputs, made.outputs)

    def read_id(self, type: str, name: str, id: str, inputs: Values | None = None, outputs: Values | None = None) -> Made | None:
        """Without inputs: as an import."""
        request = provider_pb2.ReadRequest(urn=urn(type, name), id=id, inputs=wire(inputs or {}), properties=wire(outputs or {}))
        try:
            answer = self.stub.Read(request)
        except grpc.RpcError as error:
            return _partly(type, name, {}, error)
        return Made(type, name, answer.id, plain(answer.inputs), plain(answer.properties)) if answer.id else None

    def drift(self, made: Made) -> set[str]:
        """The paths that `pulumi refresh` would show as changed."""
        found = self.read(made)
        assert found is not None, f"{made.id} is gone"
        return set(self.diff_checked(found, made.inputs).detailedDiff)

    def delete(self, made: Made, seconds: float = 0.0) -> None:
        request = provider_pb2.DeleteRequest(
            urn=urn(made.type, made.name), id=made.id, properties=wire(made.outputs), old_inputs=wire(made.inputs), timeout=seconds
        )
        self._call(self.stub.Delete, request)

    def _call(self, method: Any, request: Any) -> Any:
        try:
            return method(request)
        except grpc.RpcError as error:
            raise Refusal(error.details()) from error


def _partly(type: str, name: str, inputs: dict[str, object], error: grpc.RpcError) -> Made:
    """What the engine keeps of a resource that is there and not ready. Raises Refusal for any other error."""
    packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if packed is None:
        raise Refusal(error.details()) from error
    detail = provider_pb2.ErrorResourceInitFailed()
    status_pb2.Status.FromString(packed).details[0].Unpack(detail)
    return Made(type, name, detail.id, plain(detail.inputs) or inputs, plain(detail.properties), tuple(detail.reasons))


def kubeconfig_of(clusters: Clusters, name: str) -> str:
    """The administrator's kubeconfig of a cluster, which is called by its name there."""
    return clusters.place(name).admin_kubeconfig.read_text().replace('"it"', f'"{name}"')


@contextmanager
def provider(
    store: Store, kubeconfig: str | Path | None = None, environment: Mapping[str, str] | None = None, **arguments: str
) -> Iterator[Client]:
    """An instance, configured where a kubeconfig (its path or text) is given."""
    log = Log()
    engine = grpc.server(ThreadPoolExecutor(4))
    engine_pb2_grpc.add_EngineServicer_to_server(log, engine)
    engine_port = engine.add_insecure_port("127.0.0.1:0")
    surroundings = Surroundings(environment if environment is not None else dict(os.environ), Path.cwd())
    progress = Progress(f"127.0.0.1:{engine_port}")
    instance = Provider(Surface(VERSION, store, surroundings, progress, lambda fault: None, lambda seconds: None))
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(instance, server)
    port = server.add_insecure_port("127.0.0.1:0")
    engine.start()
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            client = Client(provider_pb2_grpc.ResourceProviderStub(channel), log)
            if kubeconfig is not None:
                client.configure(kubeconfig=str(kubeconfig), **arguments)
            yield client
    finally:
        instance.close()
        server.stop(grace=None).wait()
        engine.stop(grace=None).wait()
