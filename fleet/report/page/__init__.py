"""A review as one HTML page that needs nothing else: every change, searched and folded in the browser, offline."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from fleet.diff.fold import by_risk
from fleet.diff.model import Change, Risk
from fleet.report.markdown import visible
from fleet.report.review import Review
from fleet.report.words import move, plural

_HERE = Path(__file__).parent
_CHANGES = "Changes"


def as_page(review: Review) -> str:
    """The page. Every value is escaped; nothing runs but its own script, and nothing is fetched (its security policy forbids both)."""
    return "".join(_parts(review))


def _parts(review: Review) -> Iterator[str]:
    style, script = _file("style.css"), _file("script.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{_text(review.fleet)}: fleet review</title>\n<style>{style}</style>\n</head>\n<body>\n"
    yield from _head(review)
    yield from _tables(review)
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _head(review: Review) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {risk}" for risk, count in by_risk(review.changes).items()) or "no changes"
    stopped = f'<p class="stopped">Stopped by the gate: {plural(len(review.gate.stopped), "change")}</p>\n' if review.gate.stopped else ""
    sides = f"{review.head} against {review.base}, digest {review.digest}"
    yield f'<h1>{_text(review.fleet)}: fleet review</h1>\n<p class="quiet">{_text(sides)}</p>\n'
    yield f"<p>Objects by their worst change: {_text(counts)}. {plural(len(review.blast.clusters), 'cluster')} hit.</p>\n{stopped}"
    yield from (f"<p>{_text(doubt)}</p>\n" for doubt in (review.base_problem, review.unasked) if doubt)
    boxes = "".join(
        f'<label><input type="checkbox" name="risk" value="{risk}" checked> {risk}</label>' for risk in sorted(Risk, reverse=True)
    )
    yield f'<form role="search"><input type="search" aria-label="Search all rows" placeholder="Search: / to begin">{boxes}'
    yield '<output aria-live="polite"></output></form>\n'


def _tables(review: Review) -> Iterator[str]:
    gate = [("stopped" if each.stopped else "waived", each.why, each.next) for each in review.gate.verdicts]
    yield from _table("The gate", ("", "Why", "Next"), gate)
    yield from _table("Waivers that do not count", ("Waiver", "Why"), [(each.name, each.why) for each in review.gate.refused])
    found = [(each.code, f"{each.mark.file}:{each.mark.line}", each.message) for each in review.new_findings]
    yield from _table("New findings", ("Rule", "Line", "Message"), found)
    renames = [(str(each.old), str(each.new), each.physical_name) for each in review.renames]
    yield from _table("Renamed clusters", ("Was", "Would be", "Physical name to keep"), renames)
    shares = [
        (name, f"{share.clusters} of {share.of_clusters}", f"{share.nodes} of {share.of_nodes}")
        for name, share in review.blast.environments.items()
    ]
    yield from _table("Blast radius", ("Environment", "Clusters", "Nodes at most"), shares)
    ranges = [(str(each.object), each.use, each.before or "(new)", each.after or "(freed)") for each in review.ranges]
    yield from _table("Address ranges", ("Object", "Of", "Before", "After"), ranges)
    yield from _table(
        "The engine disagrees with the plan",
        ("Object", "Riskier", "Why"),
        [(each.object, each.riskier, each.text) for each in review.disagreements],
    )
    errors = [(each.stack, text) for each in review.engine for text in (*each.refused, *filter(None, [each.unasked]))]
    yield from _table("The engine refuses", ("Stack", "Why"), errors)
    steps = [(each.stack, step.op, step.name, step.type) for each in review.engine for step in each.steps]
    yield from _table("What the engine would do", ("Stack", "Operation", "Name", "Type"), steps)
    ordered = sorted(review.changes, key=lambda change: (-change.risk, change.object, change.path))
    yield from _table(
        _CHANGES, ("Risk", "Object", "Path", "Before", "After", "Line", "Why", "By hand"), [_change(change) for change in ordered]
    )


def _change(change: Change) -> tuple[str, ...]:
    reason = f"{change.reasons[0].type} {change.reasons[0].property}: {change.reasons[0].source}" if change.reasons else ""
    cause = f"{change.cause.file}:{change.cause.line}" if change.cause else ""
    why = "; ".join(filter(None, (change.alarm, reason)))
    return (str(change.risk), str(change.object), change.path, *move(change), cause, why, "; ".join(change.steps))


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f'<details open><summary>{_text(title)} ({len(rows):,})</summary><div class="scroll"><table>\n'
    yield f"<thead><tr>{''.join(f'<th scope=col>{_text(cell)}</th>' for cell in header)}</tr></thead>\n<tbody>\n"
    for row in rows:
        marked = f' data-risk="{_text(row[0])}"' if title == _CHANGES else ""
        cells = "".join(f"<td>{_text(cell)}</td>" for cell in row[1:])
        yield f'<tr{marked}><td class="{_text(row[0]) if header[0] in ("Risk", "") else ""}">{_text(row[0])}</td>{cells}</tr>\n'
    yield "</tbody></table></div></details>\n"


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """A source of the page's security policy: exactly this text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _text(text: str) -> str:
    return html.escape(visible(text))
