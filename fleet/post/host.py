"""What putting a comment on a pull request needs of its host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Comment:
    """One comment of ours: its number at the host, and its text."""

    id: int
    body: str


class Host(Protocol):
    """One pull request at its host. All raise what `fleet.post.api` names."""

    def head(self) -> str:
        """The commit that the pull request has now."""
        ...

    def mine(self) -> Iterator[Comment]:
        """The comments that this job's own account wrote, oldest first."""
        ...

    def create(self, body: str) -> None: ...

    def update(self, id: int, body: str) -> None: ...

    def delete(self, id: int) -> None: ...
