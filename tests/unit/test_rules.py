"""Every rule fires on its bad twin and on nothing else, and what it says leads to the place it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.blueprint.json import decode, encode
from fleet.blueprint.model import Blueprint
from fleet.compile.fleet import Compiled, compile_fleet
from fleet.lock.file import read_lock
from fleet.rules.context import Context
from fleet.rules.reference import PAGE, render
from fleet.rules.registry import check, rules
from fleet.rules.rule import Finding
from fleet.spec.load import load
from fleet.spec.problem import render_path

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "tests" / "golden" / "rules"
TODAY = date(2026, 11, 24)
IDS = [rule.id for rule in rules()]


@dataclass(frozen=True)
class Case:
    """A compiled fixture and what the rules say of it."""

    compiled: Compiled
    blueprint: Blueprint
    findings: tuple[Finding, ...]


def join(base: Any, change: Any) -> Any:
    """`change` over `base`: maps join by key, everything else replaces."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{key: join(base.get(key), value) for key, value in change.items()}}


def step(node: Any, name: str) -> Any:
    """One step down a blueprint as JSON; lists are walked by the name, cluster, team, key or zone of their members, stacks are left out."""
    if isinstance(node, dict) and "stacks" in node:
        return [member for stack in node["stacks"] for member in stack[name]] if name != "stacks" else node["stacks"]
    if isinstance(node, list):
        if name.isdigit():
            return node[int(name)]
        return next(one for one in node if name in (one.get(key) for key in ("name", "cluster", "team", "key", "zone")))
    return node[name]


def patched(blueprint: Blueprint, changes: Mapping[str, object]) -> Blueprint:
    """`blueprint` with the values at the given paths replaced."""
    tree = yaml.safe_load(encode(blueprint))
    for path, value in changes.items():
        *parents, last = path.split("/")
        node = tree
        for name in parents:
            node = step(node, name)
        assert last in node, path
        node[last] = value
    return decode(encode(tree), Blueprint)


def case(folder: Path, fixture: str, rule: str = "") -> Case:
    changes = yaml.safe_load((FIXTURES / rule / f"{fixture}.yaml").read_text()) if rule else {}
    spec = join(yaml.safe_load((FIXTURES / "base.yaml").read_text()), changes.get("spec", {}))
    (folder / "fleet.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    compiled = compile_fleet(load(folder / "fleet.yaml"), read_lock(folder / "fleet.lock.yaml"))
    blueprint = patched(compiled.blueprint, changes.get("blueprint", {}))
    return Case(compiled, blueprint, check(Context(compiled.document.spec, blueprint, changes.get("today", TODAY))))


def test_the_base_breaks_no_rule(tmp_path: Path) -> None:
    assert case(tmp_path, "base").findings == ()


def test_every_rule_has_twins_and_every_twin_a_rule() -> None:
    assert sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()) == IDS


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_fires_on_its_bad_twin_alone(rule: str, tmp_path: Path, golden: Callable[[Path, bytes], None]) -> None:
    findings = case(tmp_path, "bad", rule).findings
    assert {finding.rule for finding in findings} == {rule}
    golden(FIXTURES / rule / "findings.txt", "".join(map(shown, findings)).encode())


@pytest.mark.parametrize("rule", IDS)
def test_no_rule_fires_on_a_good_twin(rule: str, tmp_path: Path) -> None:
    assert [shown(finding) for finding in case(tmp_path, "good", rule).findings] == []


@pytest.mark.parametrize("rule", IDS)
def test_a_finding_leads_to_where_its_value_is_written(rule: str, tmp_path: Path) -> None:
    made = case(tmp_path, "bad", rule)
    for finding in made.findings:
        path = made.compiled.instances[finding.subject].origin(finding.path) if finding.subject else finding.path
        node: Any = made.compiled.document.data
        assert path[0] in node, finding
        assert made.compiled.document.mark(path).line > 1, finding


@pytest.mark.parametrize("rule", IDS)
def test_a_finding_names_a_place_in_the_blueprint(rule: str, tmp_path: Path) -> None:
    made = case(tmp_path, "bad", rule)
    tree = yaml.safe_load(encode(made.blueprint))
    for finding in made.findings:
        assert finding.blueprint_path or not finding.subject
        node = tree
        for name in finding.blueprint_path:
            node = step(node, str(name))


def test_ids_are_unique_and_say_their_module() -> None:
    assert len(set(IDS)) == len(IDS)
    for rule in rules():
        family, number = rule.id.removeprefix("F-").lower().split("-")
        assert rule.check.__module__.rpartition(".")[2].startswith(f"{family}_{number}_")


def test_every_rule_says_why_and_where_it_is_documented() -> None:
    assert not [rule.id for rule in rules() if not (rule.title and rule.rationale and rule.source.startswith("https://"))]


def shown(finding: Finding) -> str:
    where = f"{finding.subject or 'spec'} {render_path(finding.path)}".rstrip()
    return f"{finding.severity} {finding.rule} {where}\n  blueprint {render_path(finding.blueprint_path)}\n  {finding.message}\n"


def test_the_reference_page_is_fresh() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(rules()), "run `python -m fleet.rules.reference`"
