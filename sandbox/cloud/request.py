"""The values that the simulated clouds' layers pass to each other: a request in, refusals out.

Three layers judge a request, each knowing only its own source: `declarations` (what the SDK declares), `models` (what the clouds' published
API models say) and `constraints` (what holds between resources). The server turns their refusals into what the engine understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Phase = Literal["check", "create", "update", "delete"]


class Unknown:
    """An input that is not known before another resource exists (previews only). No layer may refuse one."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Caller:
    """Whose credentials a provider instance uses: account is an AWS account id or a GCP project id; region is empty where none is set."""

    cloud: str
    account: str
    region: str
    principal: str


@dataclass(frozen=True)
class Request:
    """One call on one resource.

    type: the Pulumi token, as `aws:eks/cluster:Cluster`. inputs: camelCase, secrets unwrapped, whole numbers as int, UNKNOWN where unknown.
    old_inputs and outputs: what the store holds of the resource, None before it exists.
    """

    type: str
    urn: str
    phase: Phase
    caller: Caller
    inputs: Mapping[str, object]
    id: str = ""
    old_inputs: Mapping[str, object] | None = None
    outputs: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused, as the cloud says it.

    property: path of the input at fault as `scalingConfig.minSize`, empty for the resource as a whole. code: the cloud's error code
    (`InvalidParameterException`, `alreadyExists`), read from its API model where the model has one. status: its HTTP status.
    """

    property: str
    code: str
    status: int
    reason: str


@dataclass(frozen=True)
class Stored:
    """A resource as the store has it. inputs and outputs are plain camelCase JSON; outputs include the inputs' effective values.

    caller.region is where the resource is (its own `region`, `location` or the provider's), empty for a global one. serial: order of
    creation over all types. kept: why the cloud still has it after its deletion (`PENDING_DELETION`, `NEVER_DELETED`), empty before.
    ailing: why it is there and does not work, as its provider says it; empty while it does.
    """

    type: str
    id: str
    caller: Caller
    inputs: Mapping[str, object]
    outputs: Mapping[str, object]
    serial: int = 0
    kept: str = ""
    ailing: str = ""
