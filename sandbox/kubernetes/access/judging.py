"""What the clouds answer an API server that asks who a token is of, or whether a principal may do something: from what the store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sandbox.cloud.store import StoreView
from sandbox.kubernetes.access.rules import Asked
from sandbox.kubernetes.facts import ClusterFacts


@dataclass(frozen=True)
class User:
    """Who a request is of, as the API server is told. extra: what the cloud adds, lists of texts by name."""

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """allowed False is no prohibition: the cloud has no grant for it. reason: ends up in the API server's words to the user."""

    allowed: bool
    reason: str


@dataclass(frozen=True)
class Court:
    """Where it is judged: the clouds' contents, the directory's state directory, and one cluster."""

    state: Path
    view: StoreView
    cluster: ClusterFacts


class Cloud(Protocol):
    """One cloud's way to judge: sandbox.kubernetes.access.eks, sandbox.kubernetes.access.gke."""

    def who(self, court: Court, token: str, now: datetime) -> User | None:
        """Who a token is of; None where it is of nobody who gets in."""
        ...

    def may(self, court: Court, user: User, asked: Asked) -> Verdict:
        """Whether the cloud itself, Kubernetes RBAC apart, allows a request."""
        ...
