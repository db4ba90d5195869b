"""The first screen of a comment: is it safe, what is the worst, which line caused it, who is hit, and the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fleet.diff.fold import Folded, by_risk, fold, is_whole, shown_path
from fleet.diff.model import ABSENT, Change, Object, Risk
from fleet.diff.remedy import remedy
from fleet.diff.risk import lost
from fleet.gate.verdict import Verdict
from fleet.report.flavour import Flavour
from fleet.report.links import Links
from fleet.report.markdown import code, prose
from fleet.report.phrases import moved, whom
from fleet.report.review import Review
from fleet.report.words import listed, plural
from fleet.spec.problem import Mark

RISK_WORDS = {
    Risk.DESTROY: "DESTROYED",
    Risk.REPLACE: "REPLACED",
    Risk.DISRUPTIVE: "disrupted",
    Risk.ROLLING: "rolling",
    Risk.IN_PLACE: "in place",
    Risk.NONE: "without effect",
}
_WOULD = {
    Risk.DESTROY: "would be deleted",
    Risk.REPLACE: "would be deleted and made again",
    Risk.DISRUPTIVE: "would be disrupted, or lose something for good",
    Risk.ROLLING: "would get new nodes, one after the other",
    Risk.IN_PLACE: "would change in place",
    Risk.NONE: "would change in words only: no resource moves",
}
_ALARMS_SHOWN = 4
_NAMED = 5


def title(review: Review) -> str:
    """The first line, which a mail shows as its preview: the worst risk, the counts by risk, how much of the fleet."""
    if not review.changes:
        return "**No changes** to any cluster, network or account."
    parts = [_count(review.changes, risk) for risk in by_risk(review.changes)]
    stopped = f"**STOPPED by the gate ({len(review.gate.stopped)})**: " if review.gate.stopped else ""
    share = f"{len(review.blast.clusters):,} of {plural(review.blast.total, 'cluster')}"
    protected = sum(1 for name in review.blast.clusters if name in review.protected)
    renamed = f"; {plural(len(review.renames), 'cluster')} only renamed" if review.renames else ""
    return f"{stopped}**{parts[0]}**{''.join(f', {part}' for part in parts[1:])}{renamed}: {share} hit, {protected:,} of them protected"


def _count(changes: Sequence[Change], risk: Risk) -> str:
    """`2 clusters and parts of 1 network DESTROYED`: objects by their worst change."""
    worst: dict[Object, Risk] = {}
    whole: set[Object] = set()
    for change in changes:
        worst[change.object] = max(worst.get(change.object, Risk.NONE), change.risk)
        if change.risk == risk and (risk < Risk.REPLACE or is_whole(change)):
            whole.add(change.object)
    kinds = Counter((item not in whole, item.what) for item, found in worst.items() if found == risk)
    parts = [f"{'parts of ' if partly else ''}{plural(count, what)}" for (partly, what), count in sorted(kinds.items())]
    return f"{' and '.join(parts)} {RISK_WORDS[risk]}"


def worst(review: Review, flavour: Flavour, links: Links) -> list[str]:
    """The worst change: an alert where something is lost or stopped, else plain lines."""
    if not review.changes:
        return []
    verdict = min(review.gate.stopped, key=_stopped_order, default=None)
    shown = Folded(verdict.change, (verdict.change.object,)) if verdict else _worst_folded(review)
    lines = [*_worst(review, shown, links), *_on_purpose(review, verdict)]
    if verdict or shown.change.risk >= Risk.DISRUPTIVE or shown.change.alarm:
        return flavour.alert("CAUTION", lines)
    return [*(f"{line}  " for line in lines[:-1]), lines[-1], ""]


def alarms(review: Review, flavour: Flavour, links: Links) -> list[str]:
    """What belongs at the top whatever its risk: public endpoints, access that grows, protection and capacity that go."""
    rung = _rung(review)
    if not review.gate.stopped and rung and _worst_folded(review) == rung[0]:
        rung = rung[1:]
    lines = [f"**{_sentence(each.change.alarm)}**: {whom(each)}, {moved(each.change)}, {links.cause(each.change.cause)}" for each in rung]
    if review.gate.signers_changed:
        lines.insert(0, "**The signers of waivers change** in `waivers/allowed_signers`: review that on its own.")
    more = [f"And {plural(len(lines) - _ALARMS_SHOWN, 'more alarm')}, below and in {links.report}."] if len(lines) > _ALARMS_SHOWN else []
    return flavour.alert("WARNING", [*lines[:_ALARMS_SHOWN], *more])


def engine(review: Review, flavour: Flavour, links: Links) -> list[str]:
    """Where the engine says otherwise than the plan: nobody should merge before they know why."""
    said = [f"**The engine disagrees with the plan** on {code(each.object)}: {prose(each.text)}." for each in review.disagreements]
    more = [f"And {plural(len(said) - _ALARMS_SHOWN, 'more disagreement')}, in {links.report}."] if len(said) > _ALARMS_SHOWN else []
    return flavour.alert("WARNING", [*said[:_ALARMS_SHOWN], *more])


def _rung(review: Review) -> list[Folded]:
    """Alarms, the same on several objects as one, whatever their risk there."""
    together: dict[tuple[object, ...], list[Folded]] = {}
    for folded in fold(change for change in review.changes if change.alarm):
        together.setdefault((folded.change.alarm, shown_path(folded.change), folded.change.cause), []).append(folded)
    return sorted(map(_joined, together.values()), key=_order)


def _worst_folded(review: Review) -> Folded:
    """The worst change with all objects that the same line puts at the same risk."""
    rung = _rung(review)
    first = min(fold(review.changes), key=_order)
    if rung and first.change.risk < Risk.DISRUPTIVE:
        return rung[0]
    alike = [each for each in fold(review.changes) if _kin(each.change) == _kin(first.change)]
    return _joined([first, *alike]) if first.change.cause else first


def _kin(change: Change) -> tuple[object, ...]:
    return (change.cause, change.risk, change.object.what, is_whole(change), change.before is ABSENT)


def _joined(found: Sequence[Folded]) -> Folded:
    return Folded(found[0].change, tuple(dict.fromkeys(item for each in found for item in each.objects)))


def _order(folded: Folded) -> tuple[object, ...]:
    """Losses first, then alarms, then by risk."""
    change = folded.change
    losses = (-max(change.risk, Risk.DISRUPTIVE), not change.alarm, -change.risk)
    return (*losses, change.path != "", -len(folded.objects), not change.object.protected, change.object)


def _stopped_order(verdict: Verdict) -> tuple[object, ...]:
    change = verdict.change
    return (-change.risk, not is_whole(change), change.object, change.path)


def _worst(review: Review, folded: Folded, links: Links) -> Iterator[str]:
    change = folded.change
    if change.alarm and change.risk < Risk.DISRUPTIVE:
        yield f"**{_sentence(change.alarm)}**: {whom(folded)}"
    else:
        yield f"**{whom(folded)} {_would(change)}**{_loss(change)}"
    yield f"Cause: {links.cause(_cause(review, change))}, {moved(change)}"
    yield f"Hit: {_hit(review)}"
    yield f"Way out: {prose(remedy(change, review.renames))}"


def _cause(review: Review, change: Change) -> Mark | None:
    """The line that caused a change; that of a renamed cluster is where its new name stands."""
    names = {rename.old: rename.new for rename in review.renames}
    new = names.get(change.object) if change.path == "" else None
    return next((each.cause for each in review.changes if each.object == new and each.path == ""), change.cause)


def _would(change: Change) -> str:
    if change.before is ABSENT and change.risk == Risk.IN_PLACE:
        return "would be made" if change.path == "" else "would get something new"
    if change.risk >= Risk.REPLACE and not is_whole(change):
        return f"would have a part {'deleted' if change.risk == Risk.DESTROY else 'deleted and made again'}"
    return _WOULD[change.risk]


def _loss(change: Change) -> str:
    if change.risk < Risk.DISRUPTIVE or not change.reasons:
        return ""
    reason = change.reasons[0]
    return f": {prose(lost(reason.type))} ({code(reason.type)})"


def _on_purpose(review: Review, verdict: Verdict | None) -> Iterator[str]:
    if verdict is None:
        return
    more = len(review.gate.stopped) - 1
    yield f"On purpose: {prose(verdict.next)}{f' And {more:,} more stopped, below.' if more else ''}"


def _hit(review: Review) -> str:
    blast = review.blast
    hit = sorted(((name, share) for name, share in blast.environments.items() if share.clusters), key=lambda item: -item[1].clusters)
    if not hit:
        return "no running cluster"
    shares = [f"{share.clusters:,} of {share.of_clusters:,} clusters in {code(name)}" for name, share in hit]
    nodes = plural(sum(share.nodes for _, share in hit), "node")
    teams = f"teams {listed([code(team) for team in blast.teams], _NAMED)}" if blast.teams else "no team"
    where = listed([code(name) for name in blast.jurisdictions], _NAMED)
    return f"{listed(shares, _NAMED)}, with up to {nodes}; {teams}; {where}"


def _sentence(text: str) -> str:
    shown = prose(text.strip())
    return shown[:1].upper() + shown[1:]
