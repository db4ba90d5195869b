"""From where the sandbox's user reaches clusters: from inside their networks, as a runner there does, or from outside.

From outside a private endpoint is not to be had, but by a proxy that is inside (sandbox.kubernetes.access.bastion): the API server then
listens where only the sandbox itself knows, and nobody where its endpoint is. Sources: EKS user guide, "Cluster API server endpoint"; GKE
documentation, "About network isolation" (2026-06).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, get_args

from sandbox.kubernetes.facts import ClusterFacts, value
from sandbox.kubernetes.runtime import places

Position = Literal["inside", "outside"]
POSITIONS: Final[tuple[Position, ...]] = get_args(Position)
FILE: Final = "position"


def position(state: Path) -> Position:
    """Where the user is; inside where nobody has said."""
    with suppress(FileNotFoundError):
        return "outside" if (places.root(state) / FILE).read_text().strip() == "outside" else "inside"
    return "inside"


def move(state: Path, to: Position) -> None:
    """Put the user somewhere else; the clusters follow within a second where they are served, else at their next start."""
    places.root(state).mkdir(parents=True, exist_ok=True)
    places.write_secret(places.root(state) / FILE, f"{to}\n".encode())


def is_hidden(state: Path, facts: ClusterFacts) -> bool:
    """Whether the user has no way to the cluster's endpoint by himself."""
    return position(state) == "outside" and is_private(facts)


def is_private(facts: ClusterFacts) -> bool:
    """Whether the endpoint has no public address. Which ranges may reach a public one is not played: the user is in one of them."""
    if facts.cloud == "aws":
        return value(facts.outputs, "vpcConfig", "endpointPublicAccess") is not True
    return value(facts.outputs, "privateClusterConfig", "enablePrivateEndpoint") is True
