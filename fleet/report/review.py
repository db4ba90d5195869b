"""What a review shows, gathered: one value that the comment, the HTML page and the JSON document are rendered from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.diff.blast import Blast
from fleet.diff.engine import Disagreement, Heard
from fleet.diff.model import Change
from fleet.diff.ranges import Range
from fleet.diff.rename import Rename
from fleet.gate.gather import Gate
from fleet.spec.problem import Problem


@dataclass(frozen=True)
class Side:
    """One of the two things compared. ref: as the user named it, empty for the work tree; commit: abbreviated, empty for the work tree."""

    ref: str
    commit: str

    def __str__(self) -> str:
        return f"{self.ref} {self.commit}" if self.commit not in ("", self.ref) else self.ref or "the work tree"


@dataclass(frozen=True)
class Review:
    """A change of a fleet as reviewers see it.

    digest: of the rendered head. protected: the clusters that the base or the head protects. new_findings: what rules and policies say of
    the head and did not say of the base. base_problem: why the base could not be checked, unasked: why no policy was asked; each empty
    where that is not so. stale: the head's stacks/ is not what its fleet.yaml renders to. engine: what the real engine says, where it was
    asked, and disagreements: where it says otherwise than the plan.
    """

    fleet: str
    base: Side
    head: Side
    digest: str
    changes: Sequence[Change]
    gate: Gate
    blast: Blast
    protected: frozenset[str]
    new_findings: Sequence[Problem]
    base_problem: str
    unasked: str
    renames: Sequence[Rename] = ()
    ranges: Sequence[Range] = ()
    stale: bool = False
    engine: Sequence[Heard] = ()
    disagreements: Sequence[Disagreement] = ()
