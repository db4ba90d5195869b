"""What is wrong with an input and where: the one form in which every stage reports a user's mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, which value it is about, and what to do. code: the rule's id, empty where no rule speaks."""

    mark: Mark
    path: Path
    message: str
    code: str = ""

    def __str__(self) -> str:
        where = f" {render_path(self.path)}" if self.path else ""
        code = f" [{self.code}]" if self.code else ""
        return f"{self.mark}{where}: {self.message}{code}"


class SpecError(Exception):
    """The input cannot be used; carries every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(problems, key=lambda p: (p.mark, str(p.path), p.message))
        super().__init__("\n".join(map(str, self.problems)))


def render_path(path: Path) -> str:
    """`("clusters", "core", "in", "prod", 2)` as `clusters.core.in.prod[2]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
