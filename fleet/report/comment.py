"""A comparison as the comment of a pull request: the first screen says whether it is safe, what is worst, and who is hit.

It stays within the host's budget of bytes whatever the change: detail goes from the lowest risk up, nothing is cut inside, and line 2 says
what left. The same comparison gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.report.comment_rows import HEADER, Fitted, fitted, rows
from fleet.report.comment_sections import engine_words, sections
from fleet.report.comment_top import RISK_WORDS, alarms, engine, title, worst
from fleet.report.flavour import Flavour
from fleet.report.links import Links
from fleet.report.markdown import code, prose
from fleet.report.review import Review, Side
from fleet.report.words import plural, shortened
from fleet.spec.problem import Problem

_OPEN_ROWS = 5
"""Rows on the first screen; the others are folded."""
_FRAME_BYTES = 1_000
"""For the table's headers, the fold around its second part, and the notice of what left."""
_PROBLEMS = 30
_LONGEST_PROBLEM = 400


def marker(name: str) -> str:
    """What a job finds its own comment by (besides its author)."""
    return f"<!-- fleet-pr v1 {name} -->"


def as_comment(review: Review, flavour: Flavour, links: Links) -> str:
    """The comment of a review."""
    first = title(review)
    top = [*worst(review, flavour, links), *engine(review, flavour, links), *alarms(review, flavour, links)]
    questions, folded = list(_questions(review)), list(sections(review, flavour, links))
    stamp = _stamp(review, flavour, links)
    fixed = sum(len(line.encode()) + 1 for line in [first, *top, *questions, *folded, stamp])
    fit = fitted(rows(review.changes, links), flavour.budget_bytes - fixed - _FRAME_BYTES)
    notice = [_notice(fit, links)] if fit.left_out else []
    opened = [*HEADER, *fit.rows[:_OPEN_ROWS], ""] if fit.rows else []
    return _joined([first, *notice, "", *top, *opened, *questions, *_more(fit, flavour), *folded, "", stamp])


def as_failure(fleet: str, base: Side, reason: str, problems: Sequence[Problem], flavour: Flavour, links: Links) -> str:
    """The comment where there is nothing to compare: fleet.yaml cannot be used, or there is no base. Old counts are overwritten by it."""
    shown = [f"- {links.cause(each.mark)} {_problem(each)}" for each in problems[:_PROBLEMS]]
    if len(problems) > _PROBLEMS:
        shown.append(f"- and {len(problems) - _PROBLEMS:,} more: {code('fleet validate')}")
    said = flavour.alert("CAUTION", [prose(reason), f"Nothing is known of what this change would do against {code(str(base))}."])
    return _joined(["**The change cannot be reviewed**", "", *said, *shown, "", marker(fleet)])


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _problem(problem: Problem) -> str:
    return prose(shortened(str(problem).removeprefix(str(problem.mark)).lstrip(": "), _LONGEST_PROBLEM))


def _doubt(text: str) -> str:
    """A reason as the end of a line: without spaces after it, which would break the line."""
    return prose(shortened(text.rstrip(), _LONGEST_PROBLEM))


def _notice(fit: Fitted, links: Links) -> str:
    counts = ", ".join(f"{count:,} {RISK_WORDS[risk]}" for risk, count in sorted(fit.left_out.items(), reverse=True))
    return f"Too long for a comment, so changes are left without a row here: {counts}. All of them are in {links.report}."


def _more(fit: Fitted, flavour: Flavour) -> Iterator[str]:
    """The rows that do not belong on the first screen, and the names of what has no row."""
    rest = fit.rows[_OPEN_ROWS:]
    table = [*HEADER, *rest] if rest else []
    named = ["", *fit.named] if table and fit.named else list(fit.named)
    yield from flavour.fold(f"{plural(len(rest), 'more row')} of changes", [*table, *named])


def _questions(review: Review) -> Iterator[str]:
    """One line on each question; silence is never ambiguous, so `none` is written."""
    access = sum(1 for change in review.changes if change.alarm.startswith("access grows"))
    rules = sorted({finding.code for finding in review.new_findings})
    found = f"{len(review.new_findings):,} new: {', '.join(map(code, rules))}" if rules else "none new"
    waived = len(review.gate.verdicts) - len(review.gate.stopped)
    yield (
        f"**Findings** {found} · **Access** {f'grows, {access:,} times' if access else 'does not grow'} · "
        f"**Gate** {len(review.gate.stopped):,} stopped, {waived:,} waived · **Ranges** {len(review.ranges) or 'none'} changed"
    )
    if review.engine:
        yield f"**Engine** {'; '.join(engine_words(review))}"
    if review.base_problem:
        yield f"All findings are shown as new, for {_doubt(review.base_problem)}"
    if review.unasked:
        yield f"All findings are of rules, for {_doubt(review.unasked)}"
    if review.stale:
        yield "**stacks/ is not what fleet.yaml says**: run `fleet lock && fleet generate` and commit; this compares what is committed."
    yield ""


def _stamp(review: Review, flavour: Flavour, links: Links) -> str:
    sides = f"{code(str(review.head))} against {code(str(review.base))} · digest {code(review.digest)}"
    return f"{flavour.small(f'{sides} · {links.report}')} {marker(review.fleet)}"
