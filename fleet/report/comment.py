"""A comparison as the comment of a pull request: the first screen says whether it is safe, what is worst, and who is hit.

At most 60,000 bytes, whatever the change (GitHub takes 65,536 characters; facts on reviews): rows are left out from the lowest risk up, and
line 2 says how many. The same comparison gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fleet.diff.fold import Folded, by_risk, fold
from fleet.diff.model import Change, Risk
from fleet.report.markdown import code, prose, summary
from fleet.report.review import Review
from fleet.report.words import plural, subject, value

BUDGET_BYTES = 60_000
_LISTED = 40
"""How many of a list are named before it is cut to a count."""
_WORDS = {
    Risk.DESTROY: "DESTROYED",
    Risk.REPLACE: "REPLACED",
    Risk.DISRUPTIVE: "disrupted",
    Risk.ROLLING: "rolling",
    Risk.IN_PLACE: "in place",
    Risk.NONE: "without effect",
}


def marker(name: str) -> str:
    """What a job finds its own comment by (besides its author)."""
    return f"<!-- fleet-pr v1 {name} -->"


def as_comment(review: Review) -> str:
    """The comment."""
    head = [_first_line(review)]
    body = [*_alert(review), *_lines_of_one(review), "", *_folds(review), "", _stamp(review)]
    fixed = sum(len(line.encode()) + 1 for line in [*head, *body]) + 400
    rows, left_out = _table(fold(review.changes), BUDGET_BYTES - fixed)
    notice = [_notice(left_out)] if left_out else []
    alert, rest = body[: len(_alert(review))], body[len(_alert(review)) :]
    return "\n".join([*head, *notice, "", *alert, *rows, *rest]) + "\n"


def _first_line(review: Review) -> str:
    stopped = len(review.gate.stopped)
    if not review.changes:
        return "**No changes** to any cluster, network or account."
    counts = by_risk(review.changes)
    parts = [f"{count} {_WORDS[risk]}" for risk, count in counts.items()]
    parts[0] = f"**{parts[0]}**"
    share = f"{len(review.blast.clusters)} of {plural(review.blast.total, 'cluster')}"
    protected = sum(1 for name in review.blast.clusters if name in review.protected)
    gate = f"**STOPPED by the gate ({stopped})**: " if stopped else ""
    return f"{gate}{', '.join(parts)}: {share}, {protected} of them protected"


def _notice(left_out: Counter[Risk]) -> str:
    counts = ", ".join(f"{count} {_WORDS[risk]}" for risk, count in sorted(left_out.items(), reverse=True))
    return f"Too long for a comment: rows left out below: {counts}; all of them are in the report."


def _alert(review: Review) -> list[str]:
    """One alert for the worst: what the gate stops, else what is replaced, destroyed, disrupted or rung an alarm for."""
    for verdict in review.gate.stopped[:1]:
        cause = f" Cause: {_cause(verdict.change)}." if verdict.change.cause else ""
        more = f" And {len(review.gate.stopped) - 1} more: see the gate below." if len(review.gate.stopped) > 1 else ""
        return ["> [!CAUTION]", f"> {prose(verdict.why)}{cause}", f"> {prose(verdict.next)}{more}", ""]
    worst = next((folded for folded in fold(review.changes) if folded.change.risk >= Risk.DISRUPTIVE or folded.change.alarm), None)
    if worst is None:
        return []
    change = worst.change
    reason = f" ({prose(change.reasons[0].source)})" if change.reasons and change.risk >= Risk.DISRUPTIVE else ""
    said = f"{change.alarm}: " if change.alarm else f"{change.risk}: "
    where = f"{code(str(worst.objects[0]))}" + (f" and {len(worst.objects) - 1} more" if len(worst.objects) > 1 else "")
    cause = f" Cause: {_cause(change)}." if change.cause else ""
    return ["> [!CAUTION]", f"> **{prose(said).rstrip(': ')}**: {where}, {_move(change)}{reason}.{cause}", ""]


def _table(folded: Sequence[Folded], budget: int) -> tuple[list[str], Counter[Risk]]:
    """Rows worst first as far as the budget goes, and how many of which risk are left out."""
    if not folded:
        return [], Counter()
    lines = ["| Risk | Change | Clusters | Where | Line |", "|---|---|--:|---|---|"]
    used = sum(len(line.encode()) + 1 for line in lines)
    left_out: Counter[Risk] = Counter()
    for position, each in enumerate(folded):
        row = _row(each)
        used += len(row.encode()) + 1
        if used > budget:
            left_out.update(rest.change.risk for rest in folded[position:])
            break
        lines.append(row)
    return [*lines, ""], left_out


def _row(folded: Folded) -> str:
    change = folded.change
    risk = f"**{change.risk}**" if change.risk >= Risk.DISRUPTIVE else str(change.risk)
    alarm = f" **{prose(change.alarm)}**" if change.alarm else ""
    names = (
        folded.objects[0].name if len(folded.objects) == 1 else ", ".join(f"{name} {count}" for name, count in folded.environments.items())
    )
    clusters = len({item.name for item in folded.objects if item.what == "cluster"})
    return f"| {risk} | {_move(change)}{alarm} | {clusters} | {code(names)} | {_cause(change)} |"


def _move(change: Change) -> str:
    return f"{code(subject(change))} {code(value(change.before))} → {code(value(change.after))}"


def _cause(change: Change) -> str:
    return code(f"{change.cause.file}:{change.cause.line}") if change.cause else "none"


def _lines_of_one(review: Review) -> Iterator[str]:
    """One line on each question; silence is never ambiguous, so `none` is written."""
    access = [change for change in review.changes if change.alarm.startswith("access grows")]
    new = review.new_findings
    findings = f"{len(new)} new: {', '.join(code(rule) for rule in sorted({finding.code for finding in new}))}" if new else "none new"
    doubts = "".join(f" ({prose(doubt)})" for doubt in (review.base_problem, review.unasked) if doubt)
    waived = [verdict for verdict in review.gate.verdicts if not verdict.stopped]
    yield (
        f"**Findings** {findings}{doubts} · **Access** {f'grows in {len(access)} places' if access else 'does not grow'} · "
        f"**Gate** {len(review.gate.stopped)} stopped, {len(waived)} waived"
        + (" · **SIGNERS CHANGE**: `waivers/allowed_signers`" if review.gate.signers_changed else "")
    )


def _folds(review: Review) -> Iterator[str]:
    yield from _fold(f"Blast radius: {plural(len(review.blast.clusters), 'cluster')}", _blast(review))
    yield from _fold(
        f"Access that grows ({sum(1 for change in review.changes if change.alarm.startswith('access grows'))})", _access(review)
    )
    yield from _fold(
        f"The gate ({len(review.gate.verdicts)} verdicts, {len(review.gate.refused)} waivers that do not count)", _gate(review)
    )
    yield from _fold(f"New findings ({len(review.new_findings)})", _findings(review))
    yield from _fold(f"Address ranges ({len(_ranges(review))})", _ranges(review))
    yield from _fold(f"By hand ({len(_steps(review))})", _steps(review))
    yield from _fold("Reproduce", [f"- {code(f'fleet pr --base {review.base}')}", f"- {code(f'fleet plan --base {review.base}')}"])


def _fold(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    shown = list(lines[:_LISTED])
    if len(lines) > _LISTED:
        shown.append(f"- and {len(lines) - _LISTED} more, in the report")
    yield from ("<details>", f"<summary>{summary(title)}</summary>", "", *shown, "", "</details>")


def _blast(review: Review) -> list[str]:
    blast = review.blast
    lines = [
        f"- {code(name)}: {share.clusters} of {share.of_clusters} clusters, {share.nodes} of {share.of_nodes} nodes at most"
        for name, share in blast.environments.items()
        if share.clusters
    ]
    if blast.teams:
        lines.append(f"- teams: {', '.join(map(code, blast.teams))}")
    if blast.jurisdictions:
        lines.append(f"- jurisdictions: {', '.join(map(code, blast.jurisdictions))}")
    return lines


def _access(review: Review) -> list[str]:
    found = [each for each in fold(review.changes) if each.change.alarm.startswith("access grows")]
    return [f"- {prose(each.change.alarm)}: {plural(len(each.objects), 'cluster')}, {_cause(each.change)}" for each in found]


def _gate(review: Review) -> list[str]:
    stopped = [f"- **stopped** {prose(verdict.why)} {prose(verdict.next)}" for verdict in review.gate.stopped]
    waived = [
        f"- waived {code(str(each.change.object))}: {prose(each.why)} {prose(each.next)}"
        for each in review.gate.verdicts
        if not each.stopped
    ]
    refused = [f"- {code(f'waivers/{refused.name}')} does not count: {prose(refused.why)}" for refused in review.gate.refused]
    return [*stopped, *waived, *refused]


def _findings(review: Review) -> list[str]:
    return [
        f"- {code(finding.code)} {code(f'{finding.mark.file}:{finding.mark.line}')} {prose(finding.message)}"
        for finding in review.new_findings
    ]


def _ranges(review: Review) -> list[str]:
    return [f"- {code(str(change.object))} {_move(change)}" for change in review.changes if "idr" in change.path]


def _steps(review: Review) -> list[str]:
    counts = Counter(step for change in review.changes for step in change.steps)
    return [f"- {prose(step)}" + (f" ({count} clusters)" if count > 1 else "") for step, count in counts.items()]


def _stamp(review: Review) -> str:
    return f"<sub>{code(review.head)} against {code(review.base)} · digest {code(review.digest)}</sub> {marker(review.fleet)}"
