"""Pulumi's provider service for one kubernetes provider instance: the engine's messages in, what a real API server says out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from google.protobuf import empty_pb2

from sandbox.cloud import faults
from sandbox.cloud.database import Store
from sandbox.cloud.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from sandbox.cloud.replies import abort, abort_partly_made, difference_reply, failures
from sandbox.cloud.request import Refusal
from sandbox.cloud.values import plain, wire
from sandbox.kubernetes.provider import settings
from sandbox.kubernetes.provider.cluster import Cluster
from sandbox.kubernetes.provider.decoding import UnknownInvoke, invoke
from sandbox.kubernetes.provider.kinds import Call, Kind, Made
from sandbox.kubernetes.provider.kinds_of import kind_of
from sandbox.kubernetes.provider.problem import NotReady, NotVerified, Problem, Unreachable, Values
from sandbox.kubernetes.provider.progress import Progress
from sandbox.kubernetes.provider.settings import Surroundings

Context = grpc.ServicerContext


@dataclass(frozen=True)
class Surface:
    """What an instance has of its process. version: of the SDK; crash, wait: what armed faults do."""

    version: str
    store: Store
    surroundings: Surroundings
    progress: Progress
    crash: Callable[[faults.Fault], None]
    wait: Callable[[float], None]


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One instance: one cluster, by the kubeconfig that the engine gave it."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._cluster: Cluster | None = None
        self._warned = False

    def close(self) -> None:
        """End what waits: nobody asks any more."""
        if self._cluster is not None:
            self._cluster.close()
        self._surface.progress.close()

    # --- the instance -----------------------------------------------------------------------------------------------------------------

    def Handshake(self, request: provider_pb2.ProviderHandshakeRequest, context: Context) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._surface.version)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        refusals = settings.refusals(plain(request.news), self._surface.surroundings)
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(refusals))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        old = plain(request.old_inputs) or plain(request.olds)
        changes = settings.changes(old, plain(request.news), self._surface.surroundings)
        return difference_reply(changes, delete_first=False)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> provider_pb2.ConfigureResponse:
        """The cluster is not asked anything yet: it may not be up before its first object is.

        The engine keeps secrets to itself (accept_secrets is False): it marks outputs by the inputs that were secret.
        """
        inputs = plain(request.args) or {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        refusals = settings.refusals(inputs, self._surface.surroundings)
        if refusals:
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, "; ".join(f"{item.property}: {item.reason}" for item in refusals))
        self._cluster = Cluster(settings.settings(inputs, self._surface.surroundings), self._surface.surroundings)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        """Said at every normal end too: what runs goes on to its end."""
        return empty_pb2.Empty()

    # --- resources --------------------------------------------------------------------------------------------------------------------

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        call, kind = self._call(request.urn, "", context), self._kind(request.urn, context)
        self._strike(call, "check", context)
        proposed = request.autonaming.proposed_name if request.HasField("autonaming") else ""
        reachable = self._is_reachable(call)
        if not reachable and call.cluster.settings.skip_update_unreachable and request.olds.fields:
            return provider_pb2.CheckResponse(inputs=request.olds)
        olds, news = plain(request.olds), plain(request.news)
        try:
            try:
                inputs, refusals = kind.check(call, olds, news, request.randomSeed, proposed, reachable)
            except Unreachable as lost:
                self._warn_once(call, str(lost))
                inputs, refusals = kind.check(call, olds, news, request.randomSeed, proposed, False)
        except Problem as problem:
            return provider_pb2.CheckResponse(failures=failures([Refusal("", "Invalid", 400, str(problem))]))
        return provider_pb2.CheckResponse(inputs=wire(inputs), failures=failures(refusals))

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> provider_pb2.DiffResponse:
        call, kind = self._call(request.urn, request.id, context), self._kind(request.urn, context)
        self._strike(call, "diff", context)
        found = kind.diff(call, plain(request.old_inputs), plain(request.news))
        return difference_reply(found.changes, found.delete_first)

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        call, kind = self._call(request.urn, "", context, request.timeout), self._kind(request.urn, context)
        inputs = plain(request.properties)
        if request.preview:
            with self._problems(context):
                seen = self._foreseen(call, lambda: kind.preview_create(call, inputs))
            return provider_pb2.CreateResponse(properties=wire(seen if seen is not None else inputs))
        fault = self._strike(call, "create", context)
        with self._problems(context, call, kind, inputs, {}):
            made = kind.create(call, inputs)
        self._aftermath(fault, call, made, inputs, context)
        return provider_pb2.CreateResponse(id=made.id, properties=wire(made.outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        call, kind = self._call(request.urn, request.id, context), self._kind(request.urn, context)
        self._strike(call, "read", context)
        kept = provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        why = call.cluster.why_unreachable()
        if why:
            return self._read_unreachable(call, kept, why, context)
        try:
            with self._problems(context):
                found = kind.read(call, plain(request.inputs), plain(request.properties))
        except Unreachable as lost:
            return self._read_unreachable(call, kept, str(lost), context)
        if found is None:
            return provider_pb2.ReadResponse()
        if found.unready:
            abort_partly_made(context, found.id, found.outputs, found.inputs, found.unready)
        return provider_pb2.ReadResponse(id=found.id, properties=wire(found.outputs), inputs=wire(found.inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        call, kind = self._call(request.urn, request.id, context, request.timeout), self._kind(request.urn, context)
        news, outputs, ignored = plain(request.news), plain(request.olds), tuple(request.ignoreChanges)
        if request.preview:
            with self._problems(context):
                seen = self._foreseen(call, lambda: kind.preview_update(call, outputs, news, ignored))
            return provider_pb2.UpdateResponse(properties=wire(seen if seen is not None else {**outputs, **news}))
        fault = self._strike(call, "update", context)
        with self._problems(context, call, kind, news, outputs):
            made = kind.update(call, plain(request.old_inputs), outputs, news, ignored)
        self._aftermath(fault, call, made, news, context)
        return provider_pb2.UpdateResponse(properties=wire(made.outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        call, kind = self._call(request.urn, request.id, context, request.timeout), self._kind(request.urn, context)
        fault = self._strike(call, "delete", context)
        why = call.cluster.why_unreachable()
        try:
            with self._problems(context):  # of a deletion the engine shows the error's text alone, so that has all reasons
                if not why:
                    kind.delete(call, plain(request.old_inputs), plain(request.properties))
        except Unreachable as lost:
            why = str(lost)
        if why and not call.cluster.settings.delete_unreachable:
            abort(context, grpc.StatusCode.UNKNOWN, f"{call.what} cannot be deleted: {why}. {_GONE}")
        if why:
            self._surface.progress.warn(request.urn, f"{why}; deleteUnreachable is set: it is forgotten, not deleted")
        self._aftermath(fault, call, None, {}, context)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        response = provider_pb2.InvokeResponse()
        try:
            getattr(response, "return").CopyFrom(wire(invoke(request.tok, plain(request.args))))
        except (UnknownInvoke, ValueError) as error:
            return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        return response

    def Construct(self, request: provider_pb2.ConstructRequest, context: Context) -> provider_pb2.ConstructResponse:
        abort(
            context,
            grpc.StatusCode.UNIMPLEMENTED,
            f"{request.type} cannot be rehearsed: the sandbox's provider makes no components. Use the typed resources, yaml.ConfigGroup "
            "(which the SDK unfolds) or helm.v3.Release",
        )

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    def _call(self, urn: str, id: str, context: Context, seconds: float = 0.0) -> Call:
        if self._cluster is None:
            abort(context, grpc.StatusCode.FAILED_PRECONDITION, "the kubernetes provider was not configured before its first use")
        progress = self._surface.progress
        say, warn = (lambda text: progress.status(urn, text)), (lambda text: progress.warn(urn, text))
        return Call(self._cluster, urn, id, seconds, context.is_active, say, warn)

    def _kind(self, urn: str, context: Context) -> Kind:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        try:
            return kind_of(token)
        except ValueError as error:
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error))

    def _is_reachable(self, call: Call) -> bool:
        """At checks and previews a cluster that does not answer is said once, and what is planned for it is not verified."""
        why = call.cluster.why_unreachable()
        if why:
            self._warn_once(call, why)
        return not why

    def _warn_once(self, call: Call, why: str) -> None:
        if not self._warned:
            self._warned = True
            call.warn(f"{why}. What is planned for this cluster is not verified, and would fail now")

    def _foreseen(self, call: Call, preview: Callable[[], Values | None]) -> Values | None:
        """What a preview finds; None, and a warning, where the cluster or one that it asks does not answer."""
        if not self._is_reachable(call):
            return None
        try:
            return preview()
        except Unreachable as lost:
            self._warn_once(call, str(lost))
        except NotVerified as silent:
            call.warn(f"{silent}. It is not verified, and would fail now")
        return None

    def _read_unreachable(self, call: Call, kept: provider_pb2.ReadResponse, why: str, context: Context) -> provider_pb2.ReadResponse:
        """Nothing is taken for deleted because its cluster does not answer, unless the provider's options say so."""
        if call.cluster.settings.delete_unreachable:
            self._surface.progress.warn(call.urn, f"{why}; deleteUnreachable is set: it is forgotten")
            return provider_pb2.ReadResponse()
        if not call.cluster.settings.skip_update_unreachable:
            abort(context, grpc.StatusCode.UNKNOWN, f"{call.what} cannot be read: {why}. {_GONE}")
        self._surface.progress.warn(call.urn, f"{why}; skipUpdateUnreachable is set: the state may not be what the cluster has")
        return kept

    @contextmanager
    def _problems(
        self,
        context: Context,
        call: Call | None = None,
        kind: Kind | None = None,
        inputs: Mapping[str, object] | None = None,
        outputs: Mapping[str, object] | None = None,
    ) -> Iterator[None]:
        """Problems as the engine has them: an object that is there and not ready is kept with the reasons.

        Without a call, it is the caller who says what it means that the cluster does not answer.
        """
        try:
            yield
        except NotReady as unready:
            if call is None or kind is None:
                abort(context, grpc.StatusCode.UNKNOWN, str(unready))
            made = kind.partly(call, inputs or {}, outputs or {}, unready)
            abort_partly_made(context, made.id, made.outputs, made.inputs, unready.reasons)
        except Unreachable as lost:
            if call is None:
                raise
            abort(context, grpc.StatusCode.UNKNOWN, f"{call.what}: {lost}")
        except Problem as problem:
            abort(context, grpc.StatusCode.UNKNOWN, str(problem))

    def _strike(self, call: Call, operation: faults.Operation, context: Context) -> faults.Fault | None:
        """Let an armed fault have its way before the call does anything; one that strikes afterwards is returned."""
        fault = faults.due(self._surface.store, call.type, operation)
        if fault is None:
            return None
        if fault.kind == "delay":
            self._surface.wait(fault.seconds)
        elif fault.kind in ("throttle", "error"):
            status = "429 TooManyRequests" if fault.kind == "throttle" else "500 InternalError"
            abort(context, grpc.StatusCode.UNKNOWN, f"{call.name}: the API server answers {status}, as an armed fault has it")
        elif fault.kind.endswith("-before"):
            self._surface.crash(fault)
            abort(context, grpc.StatusCode.UNAVAILABLE, "error reading from server: EOF")
        return fault

    def _aftermath(self, fault: faults.Fault | None, call: Call, made: Made | None, inputs: Mapping[str, object], context: Context) -> None:
        if fault is None:
            return
        if fault.kind.endswith("-after"):
            self._surface.crash(fault)
            abort(context, grpc.StatusCode.UNAVAILABLE, "error reading from server: EOF")
        if fault.kind == "timeout":
            abort(context, grpc.StatusCode.UNKNOWN, f"{call.name}: no answer in time, as an armed fault has it; it may be done")
        if fault.kind == "partial" and made is not None:
            abort_partly_made(context, made.id, made.outputs, inputs, [f"{call.name} is not ready, as an armed fault has it"])


_GONE = "If the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true takes what was in it out of the state"
