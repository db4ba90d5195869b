"""What the service needs of a kind of resource: a Kubernetes object or a Helm release answer the same calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sandbox.cloud.request import Refusal
from sandbox.kubernetes.provider.cluster import Cluster
from sandbox.kubernetes.provider.planning import Plan
from sandbox.kubernetes.provider.problem import NotReady, Values


@dataclass(frozen=True)
class Call:
    """One call of the engine. seconds: `customTimeouts`, 0 where there are none; alive: whether it still waits.

    say: a line beside the resource, until the next one; warn: one that stays.
    """

    cluster: Cluster
    urn: str
    id: str
    seconds: float
    alive: Callable[[], bool]
    say: Callable[[str], None]
    warn: Callable[[str], None]

    @property
    def type(self) -> str:
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        return self.urn.rsplit("::", 1)[-1]

    @property
    def what(self) -> str:
        """The resource in a message about its cluster: `Namespace shop`, by its name in the program before it is made."""
        return f"{self.type.rpartition(':')[2]} {self.id or self.name}"


@dataclass(frozen=True)
class Made:
    """A resource as the engine keeps it. unready: why it is not what it is to become, empty where it is."""

    id: str
    outputs: Values
    inputs: Values
    unready: Sequence[str] = ()


class Kind(Protocol):
    """Every method raises Problem; create, update and delete raise NotReady for what is there and not done."""

    def check(
        self, call: Call, olds: Values, news: Values, seed: bytes, proposed: str, reachable: bool
    ) -> tuple[dict[str, object], Sequence[Refusal]]:
        """The inputs completed, and what is wrong with them."""

    def diff(self, call: Call, olds: Values, news: Values) -> Plan:
        """What changes between two sets of inputs."""

    def preview_create(self, call: Call, inputs: Values) -> Values | None:
        """The outputs as far as they can be known; None where nothing can."""

    def preview_update(self, call: Call, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Values | None:
        """The same for a change."""

    def create(self, call: Call, inputs: Values) -> Made: ...

    def update(self, call: Call, olds: Values, outputs: Values, news: Values, ignored: tuple[str, ...]) -> Made: ...

    def read(self, call: Call, inputs: Values, outputs: Values) -> Made | None:
        """As it is now, None where it is gone. inputs: empty at an import."""

    def delete(self, call: Call, inputs: Values, outputs: Values) -> None: ...

    def partly(self, call: Call, inputs: Values, outputs: Values, unready: NotReady) -> Made:
        """What the engine is to keep of a resource that is not ready."""
