"""What the simulated clouds ask of whoever runs real API servers behind their clusters; without one, clusters are an address only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sandbox.cloud.request import Stored


@dataclass(frozen=True)
class Address:
    """Where a cluster answers. endpoint: host and port; certificate_authority: base64 of its PEM. Neither ever changes."""

    endpoint: str
    certificate_authority: str


class Clusters(Protocol):
    """Runs what is behind the clusters of the store."""

    def address(self, uid: str) -> Address:
        """The address of the cluster with this ARN (EKS) or id (GKE), chosen at its first call. Must be quick: the store waits."""
        ...

    def settle(self, changed: Stored) -> str:
        """Bring a create, update or delete that the store holds already into the cluster it touches; why it is not healthy, empty if it is.

        Waits as long as the clouds' APIs would, within bounds. Resources that are no part of a cluster settle at once.
        """
        ...
