"""The clouds, asked through the provider plugins that the engine itself would use: read, delete, invoke.

The only module of fleet/ that imports pulumi (its gRPC messages). A provider is configured with the inputs that the stack recorded for it,
so that recovery sees the same account, region and credentials as the update that was killed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from fleet.recover.problem import RecoverProblem

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
DETAILS: Final = "grpc-status-details-bin"
MAX_MESSAGE_BYTES: Final = 400 * 1024 * 1024
# Inputs of a provider resource that speak to the engine, not to the provider (pulumi 3.259, pkg/resource/deploy/providers).
ENGINE_INPUTS: Final = ("version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal")

Properties = dict[str, Any]


@dataclass(frozen=True)
class Live:
    """A resource as the cloud has it. inputs and outputs: as a state holds them, secrets with `plaintext`; unready: why it is not whole."""

    id: str
    inputs: Properties
    outputs: Properties
    unready: tuple[str, ...] = ()


class CloudFailed(RecoverProblem):
    """The cloud or its provider refused a request."""


@dataclass(frozen=True)
class Provider:
    """One configured provider plugin. cloud: its package, as `aws`; inputs: its plain configuration."""

    urn: str
    cloud: str
    inputs: Mapping[str, Any]
    stub: provider_pb2_grpc.ResourceProviderStub

    def read(self, urn: str, token: str, id: str, inputs: Properties, outputs: Properties | None = None) -> Live | None:
        """The resource with this (import) id, or None where the cloud has none.

        inputs: what its program says, so that the answer holds these keys with the cloud's values; empty: all that are not defaults.
        outputs: those in the state, of a resource that it holds.
        """
        request = provider_pb2.ReadRequest(
            id=id,
            urn=urn,
            name=urn.rpartition("::")[2],
            type=token,
            inputs=_struct(inputs),
            properties=_struct(outputs or {}),
        )
        try:
            reply = self._call("Read", request, f"reading {token} {id}")
        except CloudFailed as failure:
            partly = _partly(failure.__cause__)
            if partly is None:
                raise
            return Live(partly.id, _plain(partly.inputs), _plain(partly.properties), tuple(partly.reasons))
        if not reply.id:
            return None
        return Live(reply.id, _plain(reply.inputs), _plain(reply.properties))

    def differs(self, urn: str, token: str, live: Live, inputs: Properties) -> bool:
        """Whether the provider would change the live resource to make it what `inputs` (complete, known) say."""
        request = provider_pb2.DiffRequest(
            id=live.id,
            urn=urn,
            name=urn.rpartition("::")[2],
            type=token,
            olds=_struct(live.outputs),
            old_inputs=_struct(live.inputs),
            news=_struct(inputs),
        )
        return bool(self._call("Diff", request, f"comparing {token} {live.id}").changes != provider_pb2.DiffResponse.DIFF_NONE)

    def delete(self, urn: str, token: str, live: Live) -> None:
        """Delete a resource; raises CloudFailed with the cloud's reason."""
        request = provider_pb2.DeleteRequest(
            id=live.id,
            urn=urn,
            name=urn.rpartition("::")[2],
            type=token,
            properties=_struct(live.outputs),
            old_inputs=_struct(live.inputs),
        )
        self._call("Delete", request, f"deleting {token} {live.id}")

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """The result of a provider function."""
        reply = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=_struct(arguments)), f"asking {token}")
        if reply.failures:
            raise CloudFailed(f"asking {token}: " + "; ".join(f"{item.property}: {item.reason}" for item in reply.failures))
        return _plain(getattr(reply, "return"))

    def _call(self, method: str, request: Any, doing: str) -> Any:
        try:
            return getattr(self.stub, method)(request, timeout=600)
        except grpc.RpcError as error:
            raise CloudFailed(f"{doing}: {error.details()}") from error


def _partly(error: object) -> Any:
    """What an error says of a resource that is there and not ready (ErrorResourceInitFailed), None where it says no such thing."""
    said = dict(error.trailing_metadata() or ()).get(DETAILS) if isinstance(error, grpc.Call) else None
    if not isinstance(said, bytes):
        return None
    found = provider_pb2.ErrorResourceInitFailed()
    packed = status_pb2.Status.FromString(said).details
    return found if any(item.Unpack(found) for item in packed) else None


@contextmanager
def started(urn: str, token: str, inputs: Mapping[str, Any], environment: Mapping[str, str], project: Path) -> Iterator[Provider]:
    """Start and configure the provider that URN `urn` of type `pulumi:providers:NAME` stands for, and end it afterwards.

    inputs: those in the state, decrypted. Raises RecoverProblem where its plugin is not installed or refuses its configuration.
    """
    binary = plugin_path(token.rpartition(":")[2], str(inputs.get("version", "")), environment)
    with _engine() as engine, _process([str(binary), engine], environment, project) as port:
        options = [("grpc.max_receive_message_length", MAX_MESSAGE_BYTES), ("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            grpc.channel_ready_future(channel).result(timeout=60)
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            plain = {key: value for key, value in inputs.items() if key not in ENGINE_INPUTS}
            _handshake(stub, engine, binary)
            _configure(stub, urn, token, plain)
            yield Provider(urn, token.rpartition(":")[2], plain, stub)


def plugin_path(name: str, version: str, environment: Mapping[str, str]) -> Path:
    """The executable of provider `name` as the engine finds it: PATH unless ambient plugins are off, then the plugin folder.

    version: exact, or empty for the newest installed. Source: pulumi 3.259, sdk/go/common/workspace/plugins.go (GetPluginPath).
    """
    executable = f"pulumi-resource-{name}"
    if environment.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "").lower() not in ("1", "true"):
        ambient = shutil.which(executable, path=environment.get("PATH"))
        if ambient:
            return Path(ambient)
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    folders = sorted(home.glob(f"resource-{name}-v{version or '*'}"), key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.name)])
    found = [folder / executable for folder in folders if (folder / executable).is_file()]
    if not found:
        raise RecoverProblem(f"no {executable} {version} in {home} or on PATH. Run `pulumi plugin install resource {name} {version}`.")
    return found[-1]


def _configure(stub: provider_pb2_grpc.ResourceProviderStub, urn: str, token: str, inputs: Properties) -> None:
    name = token.rpartition(":")[2]
    request = provider_pb2.ConfigureRequest(
        variables={f"{name}:config:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in inputs.items()},
        args=_struct(inputs),
        acceptSecrets=True,
        acceptResources=True,
        sends_old_inputs=True,
        sends_old_inputs_to_delete=True,
        urn=urn,
        name=urn.rpartition("::")[2],
        type=token,
    )
    try:
        stub.Configure(request, timeout=600)
    except grpc.RpcError as error:
        raise CloudFailed(f"configuring provider {urn}: {error.details()}") from error


def _handshake(stub: provider_pb2_grpc.ResourceProviderStub, engine: str, binary: Path) -> None:
    request = provider_pb2.ProviderHandshakeRequest(
        engine_address=engine,
        root_directory=str(binary.parent),
        program_directory=str(binary.parent),
        configure_with_urn=True,
    )
    try:
        stub.Handshake(request, timeout=60)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.UNIMPLEMENTED:
            raise CloudFailed(f"{binary.name} does not answer: {error.details()}") from error


class _Engine(engine_pb2_grpc.EngineServicer):
    """What a provider needs of an engine: somewhere to log. What it logs is about single requests, whose errors come back by themselves."""

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: grpc.ServicerContext
    ) -> engine_pb2.GetRootResourceResponse:
        return engine_pb2.GetRootResourceResponse(urn="")

    def RequirePulumiVersion(self, request: Any, context: grpc.ServicerContext) -> Any:
        return engine_pb2.RequirePulumiVersionResponse()


@contextmanager
def _engine() -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    engine_pb2_grpc.add_EngineServicer_to_server(_Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None)


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    """Run a plugin; yields the port that it prints as its first line."""
    process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    try:
        line = process.stdout.readline().strip()
        if not line.isdigit():
            raise RecoverProblem(f"{command[0]} did not start: {line} {process.stderr.read().strip()}")
        yield int(line)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    json_format.ParseDict(_to_wire(properties), message)
    return message


def _plain(message: struct_pb2.Struct) -> Properties:
    result: Properties = _to_state(json_format.MessageToDict(message))
    return result


def _to_wire(value: Any) -> Any:
    """State form to wire form: a secret's `plaintext` (JSON text) becomes its `value`."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET and "plaintext" in value:
            return {SIGNATURE: SECRET, "value": _to_wire(json.loads(value["plaintext"]))}
        return {key: _to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_wire(item) for item in value]
    return value


def _to_state(value: Any) -> Any:
    """Wire form to state form: whole doubles are integers again, secrets hold JSON text."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "plaintext": json.dumps(_to_state(value.get("value")))}
        return {key: _to_state(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_to_state(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
