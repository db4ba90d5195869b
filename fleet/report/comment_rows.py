"""The table of a comment: a row for each distinct change, worst first, and what is left of it when it is too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.diff.fold import Folded, fold
from fleet.diff.model import Change, Object, Risk
from fleet.report.links import Links
from fleet.report.markdown import cell, code, prose
from fleet.report.phrases import moved, whereabouts
from fleet.report.words import listed, plural

HEADER = ("| Risk | Change | Hit | Where | Line |", "|---|---|--:|---|---|")
_TOGETHER = 5
"""That many changes of the same objects with the same risk are shown as one row."""
_MOVES_SHOWN = 3
_ENVIRONMENTS_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A line of the table. changes: how many distinct changes it holds; objects: of all of them."""

    text: str
    risk: Risk
    changes: int
    objects: tuple[Object, ...]


@dataclass(frozen=True)
class Fitted:
    """What of the rows fits. named: lines with the names of severe objects whose rows do not; left_out: changes without a row, by risk."""

    rows: Sequence[str]
    named: Sequence[str]
    left_out: Counter[Risk]


def rows(changes: Iterable[Change], links: Links) -> list[Row]:
    """All rows, worst first."""
    together: dict[tuple[object, ...], list[Folded]] = {}
    for folded in fold(changes):
        together.setdefault((folded.objects, folded.change.risk, bool(folded.change.alarm)), []).append(folded)
    return [row for group in together.values() for row in _rows(group, links)]


def fitted(found: Sequence[Row], budget: int) -> Fitted:
    """As many rows as `budget` bytes hold, from the worst on; every object to be replaced or destroyed is at least named, if names fit."""
    to_name = [row for row in found if row.risk >= Risk.REPLACE]
    reserve = sum(_name_bytes(row) for row in to_name) + (_LINE_BYTES if to_name else 0)
    shown = 0
    for row in found:
        reserve -= _name_bytes(row) if row.risk >= Risk.REPLACE else 0
        budget -= _bytes(row.text)
        if budget < max(reserve, 0):
            budget += _bytes(row.text)
            break
        shown += 1
    rest = found[shown:]
    left_out: Counter[Risk] = Counter()
    for row in rest:
        left_out[row.risk] += row.changes
    return Fitted([row.text for row in found[:shown]], _named(rest, budget), left_out)


_LINE_BYTES = 200
"""For the words around names, and their count, on each of two lines."""


def _rows(group: Sequence[Folded], links: Links) -> list[Row]:
    if len(group) >= _TOGETHER:
        return [_row(group, links)]
    return [_row([folded], links) for folded in group]


def _row(group: Sequence[Folded], links: Links) -> Row:
    change, objects = group[0].change, group[0].objects
    risk = f"**{change.risk}**" if change.risk >= Risk.DISRUPTIVE else str(change.risk)
    alarm = f" **{prose(change.alarm.strip())}**" if change.alarm else ""
    moves = "; ".join(moved(folded.change) for folded in group[:_MOVES_SHOWN])
    more = f"; and {plural(len(group) - _MOVES_SHOWN, 'more field')}" if len(group) > _MOVES_SHOWN else ""
    causes = dict.fromkeys(links.cause(folded.change.cause) for folded in group)
    text = (
        f"| {risk} | {cell(moves)}{more}{cell(alarm)} | {plural(len(objects), objects[0].what)} | "
        f"{cell(whereabouts(group[0], _ENVIRONMENTS_SHOWN))} | {cell(listed(list(causes), _MOVES_SHOWN))} |"
    )
    return Row(text, change.risk, len(group), objects)


def _named(rest: Sequence[Row], budget: int) -> list[str]:
    """A line for each severe risk that names the objects of rows that do not fit, as many as fit, and counts the others."""
    lines = []
    for risk in (Risk.DESTROY, Risk.REPLACE):
        names = list(dict.fromkeys(str(item) for row in rest if row.risk == risk for item in row.objects))
        if not names:
            continue
        budget -= _LINE_BYTES // 2
        fits = 0
        for name in names:
            budget -= _bytes(code(name)) + 1
            if budget < 0:
                break
            fits += 1
        others = f"{'and ' if fits else ''}{len(names) - fits:,} others, in the report" if fits < len(names) else ""
        lines.append(f"Also **{risk}**: {', '.join([*map(code, names[:fits]), *([others] if others else [])])}")
    return lines


def _name_bytes(row: Row) -> int:
    return sum(_bytes(code(str(item))) + 1 for item in row.objects)


def _bytes(text: str) -> int:
    """In UTF-8, with its line break."""
    return len(text.encode()) + 1
