"""The folded sections of a comment: the title says what is inside and how many; bounded, with a count of what is left to the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fleet.diff.fold import fold
from fleet.gate.verdict import Verdict
from fleet.report.flavour import Flavour
from fleet.report.links import Links
from fleet.report.markdown import code, prose
from fleet.report.phrases import moved, whereabouts
from fleet.report.review import Review
from fleet.report.words import listed, plural, shortened
from fleet.spec.problem import Problem

_LINES = 40
_SHARE = 20
"""A section takes at most a twentieth of the comment's bytes."""
_LONGEST_SENTENCE = 400
_NAMES = 10
_TEAM = re.compile(r"access\[([^\]]+)\]")


def sections(review: Review, flavour: Flavour, links: Links) -> Iterator[str]:
    """All sections that have something to say, as lines."""
    access, gate, new = _access(review, links), _gate(review), _findings(review.new_findings, links)
    ranges, steps = _ranges(review), _steps(review)
    yield from _section(flavour, f"Blast radius: {plural(len(review.blast.clusters), 'cluster')}", _blast(review))
    yield from _section(flavour, f"Access that grows ({len(access)})", access)
    verdicts = f"{len(review.gate.stopped)} stopped, {len(review.gate.verdicts) - len(review.gate.stopped)} waived"
    yield from _section(flavour, f"What is replaced, removed or shrunk, and by whose waiver ({verdicts})", gate)
    yield from _section(flavour, f"New findings ({len(review.new_findings)})", new)
    yield from _section(flavour, f"Address ranges ({len(ranges)})", ranges)
    yield from _section(flavour, f"To be done by hand ({len(steps)})", steps)
    yield from _section(flavour, f"What the engine says of {plural(len(review.engine), 'stack')}", _engine(review))
    yield from _section(flavour, "Reproduce", _reproduce(review))


def engine_words(review: Review) -> list[str]:
    """What the engine says, a phrase for each way of saying it."""
    refusing = [code(each.stack) for each in review.engine if each.refused]
    silent = [code(each.stack) for each in review.engine if each.unasked]
    heard = len(review.engine) - len(refusing) - len(silent)
    disagrees = f"disagrees with the plan {plural(len(review.disagreements), 'time')} in {plural(heard, 'stack')}"
    agrees = disagrees if review.disagreements else f"agrees with the plan in {plural(heard, 'stack')}"
    refuses, unasked = f"refuses the update of {listed(refusing, _NAMES)}", f"could not be asked of {listed(silent, _NAMES)}"
    return [words for words, said in ((agrees, heard), (refuses, refusing), (unasked, silent)) if said]


def _engine(review: Review) -> list[str]:
    """What it would do in each stack, what it would replace or delete, and its errors where it would do nothing."""
    lines = []
    for each in review.engine:
        if each.unasked:
            lines.append(f"- {code(each.stack)}: {prose(shortened(each.unasked, _LONGEST_SENTENCE))}")
            continue
        counts = ", ".join(f"{count:,} to {op}" for op, count in each.counts.items()) or "nothing to do"
        lines.append(f"- {code(each.stack)}: {counts}")
        lines += [f"  - refuses: {prose(shortened(' '.join(text.split()), _LONGEST_SENTENCE))}" for text in each.refused]
        lines += [f"  - {step.op} {code(step.name)} ({code(step.type)})" for step in each.steps if step.op in ("replace", "delete")]
    return lines


def _section(flavour: Flavour, title: str, lines: Sequence[str]) -> list[str]:
    budget = flavour.budget_bytes // _SHARE
    shown: list[str] = []
    for line in lines[:_LINES]:
        budget -= len(line.encode()) + 1
        if budget < 0:
            break
        shown.append(line)
    if len(shown) < len(lines):
        shown.append(f"- and {len(lines) - len(shown):,} more, in the report")
    return flavour.fold(title, shown)


def _blast(review: Review) -> list[str]:
    blast = review.blast
    hit = sorted(((name, share) for name, share in blast.environments.items() if share.clusters), key=lambda item: -item[1].clusters)
    lines = []
    if blast.teams:
        lines.append(f"- teams: {listed([code(team) for team in blast.teams], _NAMES)}")
    if blast.jurisdictions:
        lines.append(f"- jurisdictions: {listed([code(name) for name in blast.jurisdictions], _NAMES)}")
    lines += [
        f"- {code(name)}: {share.clusters:,} of {plural(share.of_clusters, 'cluster')}, with up to {share.nodes:,} of "
        f"{plural(share.of_nodes, 'node')}" + (f" ({share.nodes / share.of_nodes:.0%} of its capacity)" if share.of_nodes else "")
        for name, share in hit
    ]
    if blast.clusters:
        lines.append(f"- clusters: {listed([code(name) for name in blast.clusters], _NAMES)}")
    return lines


def _access(review: Review, links: Links) -> list[str]:
    """Who gains what where."""
    found = []
    for folded in fold(change for change in review.changes if change.alarm.startswith("access grows")):
        team = _TEAM.match(folded.change.path)
        who = code(team[1]) if team else "somebody"
        where, cause = whereabouts(folded, _NAMES), links.cause(folded.change.cause)
        found.append(f"- {who}, {prose(folded.change.alarm)}, in {where}: {moved(folded.change)}, {cause}")
    return found


def _gate(review: Review) -> list[str]:
    lines: list[str] = []
    for (why, then, stopped), members in _alike(review.gate.verdicts).items():
        paths = [code(member.change.path or "as a whole") for member in members]
        of = f" ({listed(paths, 3)})" if len(members) > 1 else ""
        waiver = "" if stopped else _waiver(review, members[0])
        lines.append(f"- **{'stopped' if stopped else 'waived'}** {prose(why)}{of}{waiver} {prose(then)}".rstrip())
    lines += [f"- {code(f'waivers/{refused.name}')} does not count: {_sentence(refused.why)}" for refused in review.gate.refused]
    return lines


def _alike(verdicts: Sequence[Verdict]) -> Mapping[tuple[str, str, bool], list[Verdict]]:
    """Verdicts that say the same, stopped ones first."""
    together: dict[tuple[str, str, bool], list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda each: not each.stopped):
        together.setdefault((verdict.why, verdict.next, verdict.stopped), []).append(verdict)
    return together


def _waiver(review: Review, verdict: Verdict) -> str:
    waiver = review.gate.waivers.get(verdict.waiver)
    if waiver is None:
        return ""
    reason = code(shortened(waiver.reason, _LONGEST_SENTENCE))
    return f" Signed by {code(waiver.owner)} until {waiver.expires}, {code(shortened(waiver.ticket, 80))}: {reason}"


def _findings(found: Sequence[Problem], links: Links) -> list[str]:
    """One line for all clusters that one line of the spec brings under one rule."""
    together: dict[tuple[str, object], list[Problem]] = {}
    for problem in found:
        together.setdefault((problem.code, problem.mark), []).append(problem)
    return [
        f"- {code(members[0].code)} {links.cause(members[0].mark)} {_sentence(members[0].message)}"
        + (f" ({len(members) - 1:,} more like it from this line)" if len(members) > 1 else "")
        for members in together.values()
    ]


def _ranges(review: Review) -> list[str]:
    return [
        f"- {code(str(each.object))} {prose(each.use)}: {code(each.before or '(new)')} → {code(each.after or '(freed)')}"
        for each in review.ranges
    ]


def _steps(review: Review) -> list[str]:
    counts = Counter(step for change in review.changes for step in change.steps)
    return [f"- {prose(step)}" + (f" ({plural(count, 'cluster')})" if count > 1 else "") for step, count in counts.items()]


def _reproduce(review: Review) -> list[str]:
    head = f" --head {review.head.commit}" if review.head.commit else ""
    base, ask = review.base.commit, " --engine" if review.engine else ""
    return [f"- {code(f'fleet pr --base {base}{head}{ask}')}", f"- {code(f'fleet plan --base {base}{head}')}, for a terminal"]


def _sentence(text: str) -> str:
    return prose(shortened(text, _LONGEST_SENTENCE))
