"""Pulumi's provider service for one provider instance: messages in, the clouds' answers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import grpc
from google.protobuf import empty_pb2

from sandbox.cloud import configuration, faults, sdk
from sandbox.cloud.differences import differences
from sandbox.cloud.invokes import Asking, NotFound, UnknownFunction, invoke
from sandbox.cloud.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc
from sandbox.cloud.replies import abort, abort_partly_made, difference_reply, failures
from sandbox.cloud.request import Phase, Stored
from sandbox.cloud.service import Call, Clouds, Setting
from sandbox.cloud.values import has_unknown, plain, wire
from sandbox.cloud.view import View
from sandbox.cloud.wording import Refused, internal, not_healthy, refused, throttled, timed_out

Context = grpc.ServicerContext
Diff = provider_pb2.DiffResponse
_PHASES: Mapping[faults.Operation, Phase] = {
    "check": "check",
    "diff": "check",
    "read": "check",
    "create": "create",
    "update": "update",
    "delete": "delete",
}


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One instance of the provider of one cloud (`aws` or `gcp`), with the configuration the engine gave it."""

    def __init__(self, clouds: Clouds, cloud: str, crash: Callable[[faults.Fault], None], wait: Callable[[float], None]) -> None:
        self._clouds = clouds
        self._cloud = cloud
        self._crash = crash
        self._wait = wait
        self._setting: Setting | None = None

    # --- the instance -----------------------------------------------------------------------------------------------------------------

    def Handshake(self, request: provider_pb2.ProviderHandshakeRequest, context: Context) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=sdk.package(self._cloud).version)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        refusals = configuration.refusals(self._cloud, plain(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(refusals))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: Context) -> Diff:
        """Another region (AWS) or project (GCP) is another place: all resources of the provider are replaced."""
        old, new = configuration.structured(plain(request.old_inputs)), configuration.structured(plain(request.news))
        replacing = configuration.REPLACING[self._cloud]
        return difference_reply([(item, item.path[0] in replacing) for item in differences(old, new)], delete_first=False)

    def Configure(self, request: provider_pb2.ConfigureRequest, context: Context) -> provider_pb2.ConfigureResponse:
        """The engine keeps secrets to itself (accept_secrets is False): it marks outputs by the inputs that were secret."""
        inputs = plain(request.args) or {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        refusals = configuration.refusals(self._cloud, inputs)
        if refusals:
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, "; ".join(item.reason for item in refusals))
        self._setting = configuration.setting(self._cloud, inputs)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        """Said at every normal end too: what runs goes on to its end."""
        return empty_pb2.Empty()

    # --- resources --------------------------------------------------------------------------------------------------------------------

    def Check(self, request: provider_pb2.CheckRequest, context: Context) -> provider_pb2.CheckResponse:
        call = self._call(request.urn, "", context)
        self._strike(call, "check", context)
        naming = request.autonaming
        proposed = None if naming.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE else naming.proposed_name
        try:
            inputs, refusals = self._clouds.check(call, plain(request.olds), plain(request.news), request.randomSeed, proposed)
        except sdk.UnknownType as error:
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        return provider_pb2.CheckResponse(inputs=wire(inputs), failures=failures(refusals))

    def Diff(self, request: provider_pb2.DiffRequest, context: Context) -> Diff:
        call = self._call(request.urn, request.id, context)
        self._strike(call, "diff", context)
        found = self._clouds.diff(call, plain(request.old_inputs), plain(request.olds), plain(request.news))
        return difference_reply(found.changes, found.delete_first)

    def Create(self, request: provider_pb2.CreateRequest, context: Context) -> provider_pb2.CreateResponse:
        call, inputs = self._call(request.urn, "", context), plain(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire(self._clouds.preview_create(call, inputs)))
        fault = self._strike(call, "create", context)
        try:
            made = self._clouds.create(call, inputs)
        except Refused as error:
            abort(context, grpc.StatusCode.UNKNOWN, str(error))
        self._aftermath(fault, call, made, context)
        self._settle(made, context)
        return provider_pb2.CreateResponse(id=made.id, properties=wire(made.outputs))

    def Read(self, request: provider_pb2.ReadRequest, context: Context) -> provider_pb2.ReadResponse:
        call, inputs = self._call(request.urn, request.id, context), plain(request.inputs)
        self._strike(call, "read", context)
        found = self._clouds.read(call, inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        known = found.inputs if not inputs else {key: value for key, value in found.inputs.items() if key in inputs}
        if found.ailing:
            abort_partly_made(context, found.id, found.outputs, known, [found.ailing])
        return provider_pb2.ReadResponse(id=found.id, properties=wire(found.outputs), inputs=wire(known))

    def Update(self, request: provider_pb2.UpdateRequest, context: Context) -> provider_pb2.UpdateResponse:
        call, news = self._call(request.urn, request.id, context), plain(request.news)
        if request.preview:
            outputs = self._clouds.preview_update(call, plain(request.old_inputs), plain(request.olds), news)
            return provider_pb2.UpdateResponse(properties=wire(outputs))
        fault = self._strike(call, "update", context)
        try:
            changed = self._clouds.update(call, news)
        except Refused as error:
            abort(context, grpc.StatusCode.UNKNOWN, str(error))
        self._aftermath(fault, call, changed, context)
        self._settle(changed, context)
        return provider_pb2.UpdateResponse(properties=wire(changed.outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> empty_pb2.Empty:
        call = self._call(request.urn, request.id, context)
        fault = self._strike(call, "delete", context)
        try:
            gone = self._clouds.delete(call, plain(request.old_inputs) or plain(request.properties))
        except Refused as error:
            abort(context, grpc.StatusCode.UNKNOWN, str(error))
        self._aftermath(fault, call, None, context)
        unsettled = self._clouds.settle(gone) if gone is not None else ""
        if unsettled:
            abort(context, grpc.StatusCode.UNKNOWN, unsettled)
        return empty_pb2.Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: Context) -> provider_pb2.InvokeResponse:
        arguments = plain(request.args)
        if has_unknown(arguments):
            return provider_pb2.InvokeResponse()
        caller = self._configured(context).caller
        try:
            answer = invoke(request.tok, Asking(arguments, caller, View(self._clouds.store, caller)))
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(wire(answer))
            return response
        except NotFound as error:
            return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(property=error.property, reason=str(error))])
        except UnknownFunction as error:
            return provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    def _configured(self, context: Context) -> Setting:
        if self._setting is None:
            abort(context, grpc.StatusCode.FAILED_PRECONDITION, f"the {self._cloud} provider was not configured before its first use")
        return self._setting

    def _call(self, urn: str, id: str, context: Context) -> Call:
        type = urn.split("::")[2].rsplit("$", 1)[-1]
        return Call(self._configured(context), type, urn, id)

    def _strike(self, call: Call, operation: faults.Operation, context: Context) -> faults.Fault | None:
        """Let an armed fault have its way before the call does anything; one that strikes afterwards is returned."""
        fault = faults.due(self._clouds.store, call.type, operation)
        if fault is None:
            return None
        if fault.kind == "delay":
            self._wait(fault.seconds)
        elif fault.kind in ("throttle", "error"):
            refusal = throttled(call.type) if fault.kind == "throttle" else internal(call.type)
            abort(context, grpc.StatusCode.UNKNOWN, str(refused(call.type, _PHASES[operation], call.id or call.name, [refusal])))
        elif fault.kind.endswith("-before"):
            self._crash(fault)
            abort(context, grpc.StatusCode.UNAVAILABLE, "error reading from server: EOF")
        return fault

    def _settle(self, changed: Stored, context: Context) -> None:
        """The resource is there; where what is behind it is not healthy, the engine keeps it with the reason."""
        unsettled = self._clouds.settle(changed)
        if unsettled:
            abort_partly_made(context, changed.id, changed.outputs, changed.inputs, [unsettled])

    def _aftermath(self, fault: faults.Fault | None, call: Call, made: Stored | None, context: Context) -> None:
        if fault is None:
            return
        if fault.kind.endswith("-after"):
            self._crash(fault)
            abort(context, grpc.StatusCode.UNAVAILABLE, "error reading from server: EOF")
        if fault.kind == "timeout":
            abort(context, grpc.StatusCode.UNKNOWN, timed_out(call.type, call.name))
        if fault.kind == "partial" and made is not None:
            ailing = self._clouds.ail(made, not_healthy(call.type, call.name))
            abort_partly_made(context, ailing.id, ailing.outputs, made.inputs, [ailing.ailing])
