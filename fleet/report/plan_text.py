"""A plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.diff.compare import RENAMED
from fleet.diff.fold import Folded, by_risk, clusters_hit, fold
from fleet.diff.model import Change, Risk
from fleet.diff.remedy import renaming
from fleet.diff.rename import Rename
from fleet.report.words import move, plural, subject, where


def as_text(changes: Sequence[Change], base: str, renames: Sequence[Rename] = ()) -> str:
    """The whole plan, the worst first, with a last line that sums it up."""
    return "".join(f"{line}\n" for line in _lines(changes, base, renames))


def _lines(changes: Sequence[Change], base: str, renames: Sequence[Rename]) -> Iterator[str]:
    if not changes:
        yield f"No changes against {base}."
        return
    for rename in renames:
        yield f"renamed?    {rename.old} -> {rename.new}: to the cloud one is deleted and another made"
        yield f"            {renaming(rename)}"
    for folded in fold(changes):
        yield from _change(folded)
    yield ""
    counts = ", ".join(f"{count} {risk}" for risk, count in by_risk(changes).items())
    hit = plural(len(clusters_hit(changes)), "cluster")
    yield f"{plural(len(changes), 'change')} against {base}, {hit}: {counts} (objects by their worst change)."


def _change(folded: Folded) -> Iterator[str]:
    change = folded.change
    before, after = move(change)
    alarm = f"  !! {change.alarm}" if change.alarm else ""
    yield f"{change.risk!s:10}  {subject(change)}: {before} -> {after}{alarm}"
    cause = f"  caused by {change.cause.file}:{change.cause.line}" if change.cause else ""
    yield f"            {where(folded)}{cause}"
    if change.reasons and (change.risk >= Risk.ROLLING or change.reasons[0] == RENAMED):
        reason = change.reasons[0]
        yield f"            {reason.type} {reason.property}: {reason.source}"
    for step in change.steps:
        yield f"            by hand: {step}"
