"""A provider instance of the simulated clouds in the test's own process, spoken to over gRPC as the engine does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from sandbox.cloud.clusters import Clusters
from sandbox.cloud.database import Store, open_store
from sandbox.cloud.failures import Told
from sandbox.cloud.faults import Fault
from sandbox.cloud.protocol import provider_pb2, provider_pb2_grpc
from sandbox.cloud.service import Clouds
from sandbox.cloud.servicer import Provider
from sandbox.cloud.values import plain, wire

Values = Mapping[str, object]
AWS: Values = {"region": "eu-west-1", "allowedAccountIds": '["111111111111"]'}
GCP: Values = {"project": "acme-dev", "region": "europe-west4"}
VPC, SUBNET, ROLE = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:iam/role:Role"
NETWORK, KEY_RING, CRYPTO_KEY = "gcp:compute/network:Network", "gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"
LOG_GROUP, KMS_KEY = "aws:cloudwatch/logGroup:LogGroup", "aws:kms/key:Key"


def urn(type: str, name: str) -> str:
    return f"urn:pulumi:dev::rehearsal::{type}::{name}"


@dataclass
class Made:
    """A created resource as the engine would keep it."""

    type: str
    name: str
    id: str
    inputs: dict[str, object]
    outputs: dict[str, object]


@dataclass
class Client:
    """What the engine does with a provider. crashes: what faults asked to die; waits: seconds that faults asked to wait."""

    stub: provider_pb2_grpc.ResourceProviderStub
    store: Store
    crashes: list[Fault] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def check(
        self, type: str, name: str, inputs: Values, olds: Values | None = None, seed: bytes = b"seed"
    ) -> tuple[dict[str, object], dict[str, str]]:
        """The checked inputs, and what failed: property -> reason."""
        request = provider_pb2.CheckRequest(urn=urn(type, name), olds=wire(olds or {}), news=wire(inputs), randomSeed=seed)
        answer = self.stub.Check(request)
        return plain(answer.inputs), {failure.property: failure.reason for failure in answer.failures}

    def create(self, type: str, name: str, inputs: Values, seed: bytes = b"seed") -> Made:
        """Check, then create. Fails the test on a check failure."""
        checked, failures = self.check(type, name, inputs, seed=seed)
        assert failures == {}
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=urn(type, name), properties=wire(checked)))
        return Made(type, name, answer.id, checked, plain(answer.properties))

    def preview(self, type: str, name: str, inputs: Values) -> tuple[str, dict[str, object]]:
        checked, failures = self.check(type, name, inputs)
        assert failures == {}
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=urn(type, name), properties=wire(checked), preview=True))
        return answer.id, plain(answer.properties)

    def diff(self, made: Made, news: Values) -> provider_pb2.DiffResponse:
        """The difference that the program's new inputs make, after Check as the engine does it."""
        checked, failures = self.check(made.type, made.name, news, made.inputs)
        assert failures == {}
        return self.diff_checked(made, checked)

    def diff_checked(self, made: Made, checked: Values) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(urn=urn(made.type, made.name), id=made.id, old_inputs=wire(made.inputs), olds=wire(made.outputs))
        request.news.CopyFrom(wire(checked))
        answer: provider_pb2.DiffResponse = self.stub.Diff(request)
        return answer

    def update(self, made: Made, news: Values, preview: bool = False) -> Made:
        checked, failures = self.check(made.type, made.name, news, made.inputs)
        assert failures == {}
        request = provider_pb2.UpdateRequest(urn=urn(made.type, made.name), id=made.id, preview=preview)
        request.old_inputs.CopyFrom(wire(made.inputs))
        request.olds.CopyFrom(wire(made.outputs))
        request.news.CopyFrom(wire(checked))
        return Made(made.type, made.name, made.id, checked, plain(self.stub.Update(request).properties))

    def read(self, type: str, id: str, inputs: Values | None = None) -> Made:
        """As refresh does with the inputs in the state, as an import without."""
        answer = self.stub.Read(provider_pb2.ReadRequest(urn=urn(type, "read"), id=id, inputs=wire(inputs or {})))
        return Made(type, "read", answer.id, plain(answer.inputs), plain(answer.properties))

    def delete(self, made: Made) -> None:
        request = provider_pb2.DeleteRequest(urn=urn(made.type, made.name), id=made.id, properties=wire(made.outputs))
        request.old_inputs.CopyFrom(wire(made.inputs))
        self.stub.Delete(request)

    def invoke(self, token: str, arguments: Values) -> tuple[dict[str, object], list[str]]:
        answer = self.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=wire(arguments)))
        return plain(getattr(answer, "return")), [failure.reason for failure in answer.failures]


@contextmanager
def serving(state: Path, cloud: str, configuration: Values, clusters: Clusters | None = None) -> Iterator[Client]:
    """A configured provider instance over the state directory's store."""
    with connected(state, cloud, clusters) as client:
        client.stub.Configure(provider_pb2.ConfigureRequest(args=wire(configuration)))
        yield client


@contextmanager
def connected(state: Path, cloud: str, clusters: Clusters | None = None) -> Iterator[Client]:
    """A provider instance that nobody has configured yet."""
    store = open_store(state)
    crashes: list[Fault] = []
    waits: list[float] = []
    server = grpc.server(ThreadPoolExecutor(8), interceptors=[Told()])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(Clouds(store, clusters), cloud, crashes.append, waits.append), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Client(provider_pb2_grpc.ResourceProviderStub(channel), store, crashes, waits)
    finally:
        server.stop(grace=None).wait()
        store.close()
