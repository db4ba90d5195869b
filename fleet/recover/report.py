"""What a recovery did or would do: one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["unlocked", "adopted", "settled", "deleted", "refused", "clean"]


@dataclass(frozen=True)
class Line:
    """One thing done (or, in a dry run, to be done). urn and id: of the resource, where there is one; why: the reason or the finding."""

    kind: Kind
    urn: str
    id: str
    why: str

    def text(self, dry_run: bool) -> str:
        """As `adopted aws:ec2/vpc:Vpc network-dev (vpc-1): found by its tag`."""
        would = "would be " if dry_run and self.kind in ("unlocked", "adopted", "settled", "deleted") else ""
        named = " ".join(part for part in (_type_and_name(self.urn), f"({self.id})" if self.id else "") if part)
        return f"{would}{self.kind}{' ' + named if named else ''}: {self.why}"


@dataclass(frozen=True)
class Report:
    """All lines of one recovery, in order."""

    stack: str
    dry_run: bool
    lines: tuple[Line, ...]

    @property
    def refused(self) -> bool:
        """Whether something was left for a person to decide."""
        return any(line.kind == "refused" for line in self.lines)


def _type_and_name(urn: str) -> str:
    if not urn:
        return ""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rpartition('$')[2]} {name}"
