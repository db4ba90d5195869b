"""What the simulated clouds hold, as the judging layers may see it: read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sandbox.cloud.request import Stored


class StoreView(Protocol):
    """The resources one caller's API calls can see: its account (or project) and region. Global types (IAM, GCP) ignore the region.

    What the cloud never deletes stays visible, with `Stored.kept` saying why.
    """

    def get(self, type: str, id: str) -> Stored | None:
        """The resource of this type whose provider id is `id`, or None."""
        ...

    def find(self, type: str, **inputs: object) -> Sequence[Stored]:
        """All of this type whose effective top-level values (outputs, which hold the inputs' values too) equal the given ones."""
        ...

    def all(self, type: str) -> Sequence[Stored]:
        """All of this type, oldest first."""
        ...

    def types(self) -> Sequence[str]:
        """The types of which the store holds any, sorted."""
        ...

    @property
    def everywhere(self) -> StoreView:
        """The same store without the limits of account and region, for what is unique or referred to across them (ARNs, bucket names)."""
        ...
