"""The risk classes are true: where the plan says that a resource is replaced, the real engine replaces it, and nowhere else.

One program holds a resource for each (leaf of the blueprint, resource type) that the Effects table joins. Its state has the inputs from
before the leaf changed, the program those from after; one preview of the engine in the sandbox says what becomes of each.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rehearsal import Rehearsal

from components.effects import Update, updates
from fleet.catalog import replacements
from fleet.diff import risk
from sandbox.cloud.naming import name_property
from tests.components import samples

PROGRAM = Path(__file__).parent / "risk_truth"
INSIDE = "kubernetes:"
"""What is inside clusters has no rows in the replacement table: what replaces it is in the tests of its own provider."""
REAL_VALUES = (
    (re.compile(r"arn:aws:mock:::Role/([\w-]+)"), r"arn:aws:iam::111111111111:role/\1"),
    (re.compile(r"arn:aws:mock:::Key/[\w-]+"), "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-4000-8000-000000000000"),
    (re.compile(r"arn:aws:mock:::LogGroup/([\w-]+)"), r"arn:aws:logs:eu-west-1:111111111111:log-group:\1"),
    (re.compile(r"arn:aws:mock:::Cluster/([\w-]+)"), r"arn:aws:eks:eu-west-1:111111111111:cluster/\1"),
    (re.compile(r'"retentionInDays": 366(\.0)?'), '"retentionInDays": 400'),
)
"""What the mocks and the variants make up, in the form that the providers' own checks take."""


@dataclass(frozen=True)
class Judged:
    """One update, and what the engine makes of it: `update`, `replace`, or `same` where leaving a property out keeps the old value."""

    update: Update
    engine: str


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Judged]]:
    folder = tmp_path_factory.mktemp("truth")
    rehearsal = Rehearsal(folder / "state")
    program = shutil.copytree(PROGRAM, folder / "program")
    found = _distinct()
    yield [Judged(update, engine) for update, engine in _previewed(rehearsal, program, found)]
    rehearsal.down()


def _distinct() -> dict[str, Update]:
    """One update for each leaf, type and set of properties, by a name of its own."""
    found: dict[tuple[object, ...], Update] = {}
    for update in updates([samples.stack("aws"), samples.stack("gcp")]):
        if not update.type.startswith(("pulumi:", "fleet:", INSIDE)):
            found.setdefault((update.leaf, update.type, update.properties), update)
    return {f"{update.leaf}-{number}": update for number, update in enumerate(found.values())}


def _previewed(rehearsal: Rehearsal, program: Path, found: Mapping[str, Update]) -> Iterator[tuple[Update, str]]:
    pulumi = ("pulumi", "-C", str(program))
    _write(program, found, "before")
    (program / "resources.json").write_text("[]")
    rehearsal.run(*pulumi, "stack", "init", "truth")
    rehearsal.run(*pulumi, "up", "--yes", "--skip-preview", "--stack", "truth")
    state = json.loads(rehearsal.run(*pulumi, "stack", "export", "--stack", "truth").stdout)
    state["deployment"]["resources"] += _resources(state["deployment"]["resources"], found)
    (program / "state.json").write_text(json.dumps(state))
    rehearsal.run(*pulumi, "stack", "import", "--file", str(program / "state.json"), "--stack", "truth")
    _write(program, found, "after")
    preview = json.loads(rehearsal.run(*pulumi, "preview", "--json", "--stack", "truth").stdout)
    steps = {step["urn"].rsplit("::", 1)[-1]: step["op"] for step in preview["steps"]}
    for name, update in found.items():
        yield update, steps.get(name, "same")  # the document leaves out what stays the same


def _write(program: Path, found: Mapping[str, Update], side: str) -> None:
    items = [{"type": update.type, "name": name, "inputs": _real(getattr(update, side))} for name, update in found.items()]
    (program / "resources.json").write_text(json.dumps(items))


def _resources(existing: list[dict[str, Any]], found: Mapping[str, Update]) -> Iterator[dict[str, Any]]:
    root = next(item for item in existing if item["type"] == "pulumi:pulumi:Stack")
    providers = {
        item["type"].rsplit(":", 1)[-1]: f"{item['urn']}::{item['id']}" for item in existing if item["type"].startswith("pulumi:providers")
    }
    for name, update in found.items():
        inputs = _named(update.type, name, _real(update.before))
        yield {
            "urn": f"urn:pulumi:truth::truth::{update.type}::{name}",
            "custom": True,
            "id": name,
            "type": update.type,
            "inputs": inputs,
            "outputs": {**inputs, "id": name},
            "parent": root["urn"],
            "provider": providers[update.type.split(":")[0]],
        }


def _named(type: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs as the state has them: with the name that the provider generated where the program gave none."""
    key = name_property(type)
    return {**inputs, key: f"{name}-0123abc", "__defaults": [key]} if key and key not in inputs else {**inputs, "__defaults": []}


def _real(inputs: Any) -> Any:
    text = json.dumps(inputs)
    for pattern, real in REAL_VALUES:
        text = pattern.sub(real, text)
    return json.loads(text)


def said_of(update: Update) -> set[str]:
    """What the plan says of the properties that an update moves: `yes`, `no` or `maybe` it replaces."""
    by_property = {reason.property: reason.replaces for reason in risk.reasons(update.leaf, "changed") if reason.type == update.type}
    return {by_property[name] for name in update.properties if name in by_property}


def test_there_is_something_to_judge(judged: list[Judged]) -> None:
    assert len(judged) > 100
    assert {each.engine for each in judged} >= {"update", "replace"}


def test_the_plan_foresees_every_replacement_of_the_engine(judged: list[Judged]) -> None:
    missed = [each.update for each in judged if each.engine == "replace" and not said_of(each.update) & {"yes", "maybe"}]
    assert not [(update.leaf, update.type, sorted(update.properties)) for update in missed]


def test_the_plan_claims_no_replacement_that_the_engine_does_not_make(judged: list[Judged]) -> None:
    claimed = [each.update for each in judged if each.engine == "update" and "yes" in said_of(each.update)]
    assert not [(update.leaf, update.type, sorted(update.properties)) for update in claimed]


@pytest.mark.parametrize(("old", "new"), [("replace", "update"), ("update", "replace")])
def test_a_wrong_class_planted_in_the_table_is_found(judged: list[Judged], monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """For each class, plant the other one on a property that an update moves alone."""
    engine = "replace" if old == "replace" else "update"
    victim = next(
        each.update for each in judged if each.engine == engine and len(each.update.properties) == 1 and _class(each.update) == old
    )
    table = {kind: dict(rows) for kind, rows in replacements.replacement().items()}
    (name,) = victim.properties
    table[victim.type][name] = type(table[victim.type][name])(
        on_change=new, required=False, removal_is_diff=True, condition="", source="planted"
    )  # type: ignore[arg-type]
    monkeypatch.setattr(risk, "replacement", lambda: table)
    risk.reasons.cache_clear()
    try:
        with pytest.raises(AssertionError):
            test_the_plan_foresees_every_replacement_of_the_engine(judged)
            test_the_plan_claims_no_replacement_that_the_engine_does_not_make(judged)
    finally:
        risk.reasons.cache_clear()


def _class(update: Update) -> str:
    (name,) = update.properties
    row = replacements.replacement().get(update.type, {}).get(name)
    return row.on_change if row else ""
