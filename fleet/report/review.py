"""What a review shows, gathered: one value that the comment, the HTML page and the JSON document are rendered from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.diff.blast import Blast
from fleet.diff.model import Change
from fleet.gate.gather import Gate
from fleet.spec.problem import Problem


@dataclass(frozen=True)
class Review:
    """A change of a fleet as reviewers see it.

    base, head: what was compared, as text. digest: of the rendered head. protected: the clusters that the base or the head protects.
    new_findings: what rules and policies say of the head and did not say of the base. base_problem: why the base could not be checked,
    unasked: why no policy was asked; each empty where that is not so.
    """

    fleet: str
    base: str
    head: str
    digest: str
    changes: Sequence[Change]
    gate: Gate
    blast: Blast
    protected: frozenset[str]
    new_findings: Sequence[Problem]
    base_problem: str
    unasked: str
