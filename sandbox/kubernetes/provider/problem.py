"""What can go wrong between the provider and a cluster: each says which cluster, what was asked, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = Mapping[str, object]


class Problem(Exception):
    """Something the reader of an error has to know; the text is complete."""


class KubeconfigProblem(Problem):
    """The kubeconfig cannot be used: not readable, incomplete, or with a way of logging in that is not supported."""


class Unreachable(Problem):
    """The API server does not answer, or does not let this principal in at all."""


class LoginFailed(Unreachable):
    """The kubeconfig's way of logging in gives no credential."""


class BrokenOff(Unreachable):
    """The API server was asked to change something and did not answer to the end: it may have done it."""


class NotVerified(Problem):
    """Nobody can say now what would come of a change: somebody whom the API server asks does not answer."""


class Interrupted(Problem):
    """The engine ended the call that was waiting."""


@dataclass
class Refused(Problem):
    """The API server's refusal (Kubernetes API reference, "Status"). code: HTTP; reason: its machine-readable word, as `AlreadyExists`."""

    where: str
    code: int
    reason: str
    message: str
    details: Values = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.message} ({self.code} {self.reason})" if self.reason else f"{self.message} ({self.code})"


@dataclass
class NotReady(Problem):
    """An object exists and is not what it is to become. live: as it is now; reasons: one sentence each, the first says what was awaited."""

    live: Values
    reasons: Sequence[str]

    def __str__(self) -> str:
        return "; ".join(self.reasons)
