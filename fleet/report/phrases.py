"""Changes as Markdown phrases: what moved from what to what, and whom it hits."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.diff.fold import Folded
from fleet.diff.model import ABSENT, Change
from fleet.report.markdown import code
from fleet.report.words import listed, move, plural, subject


def moved(change: Change) -> str:
    """`max` `12` → `24`; what is new or removed as a whole is only said to be, its content is in the report."""
    if change.before is ABSENT and (change.path == "" or isinstance(change.after, Mapping)):
        return f"{code(subject(change))} is new"
    if change.after is ABSENT and (change.path == "" or isinstance(change.before, Mapping)):
        return f"{code(subject(change))} is removed"
    before, after = move(change)
    return f"{code(subject(change))} {code(before)} → {code(after)}"


def whom(folded: Folded) -> str:
    """The object, or how many."""
    return code(str(folded.objects[0])) if len(folded.objects) == 1 else plural(len(folded.objects), folded.objects[0].what)


def whereabouts(folded: Folded, most: int) -> str:
    """The object, or how many in each environment, the most first."""
    if len(folded.objects) == 1:
        return code(str(folded.objects[0]))
    return listed([f"{code(name)} {count:,}" for name, count in folded.environments.items()], most)
