"""What the real engine says of a change, beside what the plan says: where one finds a change riskier than the other, a reviewer must know.

Form of a preview: `pulumi preview --json` (pulumi 3.259, pkg/display/json.go); steps that leave a resource the same are not in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fleet.diff.model import Change, Object, Risk
from fleet.diff.risk import of_step
from fleet.diff.snapshot import identities

Op = Literal["create", "update", "replace", "delete"]
_Key = tuple[str, str]
_OPS: Final[Mapping[str, Op]] = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
}
_NOT_OF_CLOUDS = ("pulumi:", "fleet:")


@dataclass(frozen=True, order=True)
class Step:
    """What the engine would do to one resource. name: its logical name."""

    op: Op
    type: str
    name: str


@dataclass(frozen=True)
class Heard:
    """What the engine says of one stack. refused: its errors, of a preview that it ended; unasked: why it could not be asked, or empty."""

    stack: str
    steps: tuple[Step, ...] = ()
    refused: tuple[str, ...] = ()
    unasked: str = ""

    @property
    def counts(self) -> Mapping[Op, int]:
        """How many resources of a cloud or a cluster each operation is for."""
        found = Counter(step.op for step in self.steps)
        return {op: found[op] for op in dict.fromkeys(_OPS.values()) if found[op]}


@dataclass(frozen=True, order=True)
class Disagreement:
    """One object of which the plan and the engine say different things. riskier: who says the worse; text: both, in words."""

    object: str
    riskier: Literal["plan", "engine"]
    text: str


def heard(stack: str, preview: Mapping[str, Any]) -> Heard:
    """The steps and errors of one preview's document; a resource's worst operation counts."""
    found: dict[tuple[str, str], Op] = {}
    for step in preview.get("steps") or []:
        parts = step["urn"].split("::")
        type, name, op = parts[2].rpartition("$")[2], "::".join(parts[3:]), _OPS.get(step["op"])
        if op and not type.startswith(_NOT_OF_CLOUDS) and found.get((type, name)) != "replace":
            found[type, name] = op
    errors = [item["message"].strip() for item in preview.get("diagnostics") or [] if item.get("severity") == "error"]
    return Heard(stack, tuple(sorted(Step(op, type, name) for (type, name), op in found.items())), tuple(dict.fromkeys(errors)))


def disagreements(
    changes: Sequence[Change], asked: Iterable[Heard], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> tuple[Disagreement, ...]:
    """Where plan and engine disagree in the stacks that the engine was asked of and did not refuse. before, after: path -> JSON."""
    found: list[Disagreement] = []
    for one in asked:
        if one.refused or one.unasked:
            continue
        steps = _by_object(one, identities(before) | identities(after))
        planned: dict[_Key, list[Change]] = defaultdict(list)
        for change in changes:
            if change.object.stack == one.stack:
                planned[_key(change.object)].append(change)
        for key in sorted({*steps, *planned}):
            found += _of_object(f"{one.stack}/{key[1]}", planned.get(key, []), steps.get(key, []))
    return tuple(sorted(found))


def _key(object: Object) -> _Key:
    """An object on both sides of a change, which may be protected on one of them only."""
    return object.what, object.name


def _by_object(one: Heard, names: Mapping[tuple[str, str], Object]) -> Mapping[_Key, list[Step]]:
    """The steps of a stack by the object whose name leads theirs, the longest that does; those of none are left out."""
    own = sorted(((name, object) for (stack, name), object in names.items() if stack == one.stack), key=lambda pair: -len(pair[0]))
    found: dict[_Key, list[Step]] = defaultdict(list)
    for step in one.steps:
        for name, object in own:
            if step.name == name or step.name.startswith(f"{name}-"):
                found[_key(object)].append(step)
                break
    return found


def _of_object(name: str, changes: Sequence[Change], steps: Sequence[Step]) -> Iterator[Disagreement]:
    """What is told of one object. The engine knows nothing of nodes that roll, so below that risk all its steps are alike."""
    said = max((change.risk for change in changes), default=Risk.NONE)
    worst = max(steps, key=_risk, default=None)
    if worst is not None and not changes:
        yield Disagreement(name, "engine", f"the plan has no change of it; the engine would {_would(worst)}, {len(steps)} steps in all")
    elif worst is not None and _risk(worst) > max(said, Risk.ROLLING):
        yield Disagreement(name, "engine", f"the plan says {said} at worst; the engine would {_would(worst)}")
    gone = {step.type for step in steps if step.op in ("replace", "delete")}
    for change in changes:
        types = {reason.type for reason in change.reasons if reason.risk >= Risk.REPLACE and reason.replaces != "maybe"}
        if change.risk >= Risk.REPLACE and types and not types & gone:
            kept = ", ".join(sorted(types))
            text = f"the plan says {change.risk} for {change.path or 'all of it'}; the engine would neither delete nor replace any {kept}"
            yield Disagreement(name, "plan", text)


def _risk(step: Step) -> Risk:
    return of_step(step.type, step.op)


def _would(step: Step) -> str:
    return f"{step.op} {step.type} {step.name}"
