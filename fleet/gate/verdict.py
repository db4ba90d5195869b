"""Judge changes: in a protected environment nothing that matters is replaced, deleted or shrunk without a signed waiver, in two steps.

The gate stops accidents, not people: whoever may change the clouds can do so without it. The engine's own `protect` stops, at preview and
at up, what the tables did not foresee.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fleet.diff.fold import is_whole
from fleet.diff.model import ABSENT, Change, Object, Risk
from fleet.waivers.model import Step, Waiver

SHRINKS = "takes node capacity away"
_GROUP_MAX = re.compile(r"(nodePools\[[^\]]+\])\.groups\[[^\]]+\]\.max")
_POOL_TYPES = ("aws:eks/nodeGroup:NodeGroup", "gcp:container/nodePool:NodePool")


@dataclass(frozen=True)
class Verdict:
    """What the gate says of one change. waiver: the name of the one that lets it through; why, next: for a person."""

    change: Change
    step: Step
    stopped: bool
    waiver: str
    why: str
    next: str


def judge(changes: Iterable[Change], protected_stacks: frozenset[str], waivers: Mapping[str, Waiver]) -> list[Verdict]:
    """Verdicts on the changes that need one, in order. protected_stacks: those that the base protects."""
    asked = [(change, _step(change)) for change in _pools_as_one(changes) if change.object.stack in protected_stacks]
    return [_verdict(change, step, waivers) for change, step in _wholes_for_parts(asked)]


def stopped(verdicts: Iterable[Verdict]) -> Sequence[Verdict]:
    """The verdicts that stop."""
    return [verdict for verdict in verdicts if verdict.stopped]


def _pools_as_one(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes with those of a pool's groups in their zones made one: `nodePools[general].max` and the sums of what changes."""
    pools: dict[tuple[Object, str], list[Change]] = {}
    for change in changes:
        pool = _GROUP_MAX.fullmatch(change.path)
        if pool:
            pools.setdefault((change.object, pool[1]), []).append(change)
        else:
            yield change
    for (_, pool_path), members in pools.items():
        before, after = sum(member.before for member in members), sum(member.after for member in members)
        alarm = SHRINKS if after < before else ""
        yield replace(members[0], path=f"{pool_path}.max", before=before, after=after, alarm=alarm)


def _wholes_for_parts(asked: Iterable[tuple[Change, Step | None]]) -> Iterator[tuple[Change, Step]]:
    """Those that need a waiver, without parts of an object that is replaced itself: they go with it, so one waiver names it all."""
    needing = [(change, step) for change, step in asked if step is not None]
    replaced = {change.object for change, step in needing if step == "replace" and is_whole(change)}
    for change, step in needing:
        if step not in ("replace", "remove") or change.object not in replaced or is_whole(change) or _is_inside(change):
            yield change, step


def _step(change: Change) -> Step | None:
    """Which step of a removal or replacement a change is; None for one that needs no waiver."""
    if change.path == "protect" and change.before is True and change.after is False:
        return "unprotect"
    if change.risk == Risk.DESTROY:
        return "remove"
    if change.risk == Risk.REPLACE:
        return "replace"
    return "capacity" if change.alarm == SHRINKS or _loses_nodes(change) else None


def _loses_nodes(change: Change) -> bool:
    return change.after is ABSENT and any(reason.type in _POOL_TYPES and reason.risk == Risk.DISRUPTIVE for reason in change.reasons)


def _verdict(change: Change, step: Step, waivers: Mapping[str, Waiver]) -> Verdict:
    if needs_first_step(change, step):
        why = f"{change.object} is protected and {_would(change, step)} in one step."
        return Verdict(change, step, True, "", why, _first_step(change))
    found = next((name for name, waiver in waivers.items() if _names(waiver, change, step)), "")
    if found:
        return Verdict(change, step, False, found, f"waivers/{found} lets it through.", "" if _is_inside(change) else _after(step))
    return Verdict(change, step, True, "", _reason(change, step), f"`fleet waive {change.object} {change.path}`".replace(" `", "`"))


def needs_first_step(change: Change, step: Step) -> bool:
    """Whether no waiver can let it through yet, as what would go is still protected."""
    return step in ("remove", "replace") and change.object.protected and not _is_inside(change)


def _is_inside(change: Change) -> bool:
    """Whether it is a part of what is inside a cluster, as a team's namespace: the cluster stays protected, so there is no first step."""
    return change.path.startswith("platform.")


def _names(waiver: Waiver, change: Change, step: Step) -> bool:
    """Whether a waiver is for exactly this change."""
    return (
        waiver.object == str(change.object)
        and waiver.path == change.path
        and waiver.step == step
        and waiver.before == plain(change.before)
        and waiver.after == plain(change.after)
    )


def plain(value: Any) -> Any:
    """A value as a waiver holds it: null for absent."""
    return None if value is ABSENT else value


def _would(change: Change, step: Step) -> str:
    done = "deleted" if step == "remove" else "deleted and made again"
    if _is_inside(change):
        return f"would have {change.path} {done}, with everything in it"
    return f"would be {done}" if is_whole(change) else f"would have a part {done}"


def _first_step(change: Change) -> str:
    name = change.object.name
    whom = f"{name} under `retire` of its entry" if change.object.what == "cluster" else f"each cluster in {name} under `retire`"
    return (
        f"Step 1, in a change of its own: name {whom} in fleet.yaml, with a waiver for `unprotect`, and bring it up. "
        "Step 2: this change, with a waiver of its own."
    )


def _after(step: Step) -> str:
    if step == "unprotect":
        return "This is step 1 of 2: once it is up, drain the cluster; then remove or replace it in a change of its own."
    return "This is step 2 of 2." if step in ("remove", "replace") else ""


def _reason(change: Change, step: Step) -> str:
    what = {
        "unprotect": f"{change.object} would lose its protection, the first step of a removal or replacement",
        "remove": f"{change.object} {_would(change, 'remove')}",
        "replace": f"{change.object} {_would(change, 'replace')}",
        "capacity": f"{change.object} would lose node capacity at {change.path}",
    }[step]
    return f"{what}, and no waiver names exactly this change."
