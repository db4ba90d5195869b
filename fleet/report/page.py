"""A review as one HTML page that needs nothing else: every change, findable by the browser's own search."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from fleet.diff.model import Change
from fleet.report.markdown import visible
from fleet.report.review import Review
from fleet.report.words import value

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.3em .6em;text-align:left;vertical-align:top}"
    "td{overflow-wrap:anywhere}.destroy,.replace{color:#b00020;font-weight:600}.disruptive{color:#b45f06;font-weight:600}"
)


def as_page(review: Review) -> str:
    """The page; every value is escaped, and nothing in it runs or is fetched."""
    return "".join(_parts(review))


def _parts(review: Review) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
    yield f"<title>{_text(review.fleet)}: fleet review</title><style>{_STYLE}</style>\n"
    sides = f"{review.head} against {review.base}, digest {review.digest}"
    yield f"<h1>{_text(review.fleet)}</h1>\n<p>{_text(sides)}</p>\n"
    yield from _table(
        "The gate", ("", "Why", "Next"), [("stopped" if each.stopped else "waived", each.why, each.next) for each in review.gate.verdicts]
    )
    yield from _table("Waivers that do not count", ("Waiver", "Why"), [(each.name, each.why) for each in review.gate.refused])
    yield from _table(
        "New findings",
        ("Rule", "Line", "Message"),
        [(each.code, f"{each.mark.file}:{each.mark.line}", each.message) for each in review.new_findings],
    )
    yield from _table(
        "Blast radius",
        ("Environment", "Clusters", "Nodes at most"),
        [
            (name, f"{share.clusters} of {share.of_clusters}", f"{share.nodes} of {share.of_nodes}")
            for name, share in review.blast.environments.items()
        ],
    )
    ordered = sorted(review.changes, key=lambda change: (-change.risk, change.object, change.path))
    yield from _table("Changes", ("Risk", "Object", "Path", "Before", "After", "Line", "Why"), [_change(change) for change in ordered])


def _change(change: Change) -> tuple[str, ...]:
    why = change.alarm or (f"{change.reasons[0].type} {change.reasons[0].property}: {change.reasons[0].source}" if change.reasons else "")
    cause = f"{change.cause.file}:{change.cause.line}" if change.cause else ""
    return (str(change.risk), str(change.object), change.path, value(change.before), value(change.after), cause, why)


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<h2>{_text(title)} ({len(rows)})</h2>\n<table><tr>{''.join(f'<th>{_text(cell)}</th>' for cell in header)}</tr>\n"
    for row in rows:
        first = f'<td class="{_text(row[0])}">' if title == "Changes" else "<td>"
        yield f"<tr>{first}{_text(row[0])}</td>{''.join(f'<td>{_text(cell)}</td>' for cell in row[1:])}</tr>\n"
    yield "</table>\n"


def _text(text: str) -> str:
    return html.escape(visible(text))
