"""What a stack would register, recorded under Pulumi's mocks: no engine, no cloud, no credentials.

Used to derive the effects table and by the component tests. Outputs that a cloud would choose are made from the logical name, so that two
runs of equal programs give equal records.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, settings
from pulumi.runtime.rpc import deserialize_properties, is_rpc_secret, unwrap_rpc_secret

from components.stack import deploy
from fleet.blueprint.model import Stack


@dataclass(frozen=True)
class Registration:
    """One registered resource. inputs: camelCase as the engine gets them; secret: names of those that it encrypts.

    depends_on, replace_with: URNs, implied and explicit ones of the former; by_property: the implied ones, by input; deleted_with: a
    URN, or empty.
    """

    type: str
    name: str
    urn: str
    parent: str
    inputs: Mapping[str, Any]
    protect: bool
    provider: str
    depends_on: frozenset[str]
    by_property: Mapping[str, frozenset[str]]
    deleted_with: str
    replace_with: frozenset[str]
    secret: frozenset[str]
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    delete_before_replace: bool | None


@dataclass
class Recording:
    """Everything one run registered and exported."""

    resources: list[Registration] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, type_token: str) -> list[Registration]:
        """All resources of a type, in order of registration."""
        return [resource for resource in self.resources if resource.type == type_token]

    def one(self, type_token: str, name: str | None = None) -> Registration:
        """The only resource of a type, or of a type and name. Raises LookupError otherwise."""
        found = [resource for resource in self.of(type_token) if name in (None, resource.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources {type_token} {name or ''}, of {[resource.name for resource in self.of(type_token)]}")
        return found[0]

    def awaited(self, resource: Registration) -> frozenset[str]:
        """URNs of what a resource names and its parents name: it comes after them and goes before them."""
        by_urn = {each.urn: each for each in self.resources}
        found = resource.depends_on
        while resource.parent in by_urn:
            resource = by_urn[resource.parent]
            found |= resource.depends_on
        return found


def rehearse(stack: Stack, program: Callable[[Stack], Any] = deploy) -> Recording:
    """Run the components for a stack and return what they registered. Raises what they raise."""
    recording = Recording()
    monitor = _Monitor(recording)
    settings.reset_options()
    mocks.set_mocks(monitor.mocks, project="fleet", stack=stack.name, preview=False, monitor=monitor)

    @mocks.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[Any]:
        exported = pulumi.Output.from_input(program(stack))
        return exported.apply(lambda found: recording.outputs.update(found or {}))

    run()
    return recording


class _Cloud(mocks.Mocks):
    """Outputs that other resources need, made from logical names."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        made = _OUTPUTS[args.typ](args) if args.typ in _OUTPUTS else {}
        arn = f"arn:aws:mock:::{args.typ.rsplit(':', 1)[-1]}/{args.name}"
        return f"{args.name}-id", {"arn": arn, "name": args.name, **args.inputs, **made}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return {**args.args, **_ANSWERS[args.token]}, []


def _eks(args: mocks.MockResourceArgs) -> dict[str, Any]:
    issuer = f"https://oidc.eks.mock/{args.name}"
    return {
        "endpoint": f"https://{args.name}.eks.mock",
        "certificateAuthority": {"data": "Q0E="},
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "vpcConfig": {**args.inputs["vpcConfig"], "clusterSecurityGroupId": f"{args.name}-group"},
    }


_OUTPUTS: Mapping[str, Callable[[mocks.MockResourceArgs], dict[str, Any]]] = {
    "aws:ec2/subnet:Subnet": lambda args: {"availabilityZone": f"zone-of-{args.inputs['availabilityZoneId']}"},
    "aws:ec2/eip:Eip": lambda args: {"allocationId": f"{args.name}-allocation"},
    "aws:ec2/launchTemplate:LaunchTemplate": lambda args: {"latestVersion": zlib.crc32(repr(sorted(args.inputs.items())).encode())},
    "aws:kms/key:Key": lambda args: {"keyId": f"{args.name}-key"},
    "aws:eks/cluster:Cluster": _eks,
    "gcp:serviceaccount/account:Account": lambda args: {"email": f"{args.inputs['accountId']}@mock.iam.gserviceaccount.com"},
    "gcp:container/cluster:Cluster": lambda args: {"endpoint": "192.0.2.1", "masterAuth": {"clusterCaCertificate": "Q0E="}},
}
_ANSWERS: Mapping[str, dict[str, Any]] = {"gcp:organizations/getProject:getProject": {"number": "123456789012"}}


class _Monitor(mocks.MockMonitor):
    """Records the options of a registration, which Pulumi's own mocks leave out."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(_Cloud())
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (gRPC's name)
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type != "pulumi:pulumi:Stack":
            self.recording.resources.append(_registration(request, answer.urn))
        return answer


def _registration(request: Any, urn: str) -> Registration:
    inputs = deserialize_properties(request.object)
    unwrapped = {name: unwrap_rpc_secret(value) if is_rpc_secret(value) else value for name, value in inputs.items()}
    return Registration(
        type=request.type,
        name=request.name,
        urn=urn,
        parent=request.parent,
        inputs=unwrapped,
        protect=request.protect,
        provider=request.provider,
        depends_on=frozenset(request.dependencies),
        by_property={name: frozenset(found.urns) for name, found in request.propertyDependencies.items()},
        deleted_with=request.deletedWith,
        replace_with=frozenset(request.replace_with),
        secret=frozenset(name for name, value in inputs.items() if is_rpc_secret(value)),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
    )
