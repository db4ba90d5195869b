"""The table of refused kinds (test_refusals_cases.yaml): how it is read, and that it is whole. The other test_refusals modules run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.cloud.models.faults import Fault, resolve

TABLE = Path(__file__).with_name("test_refusals_cases.yaml")
KINDS = frozenset(
    {
        "unknown property",
        "missing property",
        "wrong type",
        "bad enum",
        "bad pattern",
        "bad length",
        "missing reference",
        "subnet outside its VPC",
        "overlapping subnets",
        "zone not in region",
        "subnets in fewer than two zones",
        "zone that EKS does not serve",
        "version not offered",
        "minor skipped",
        "minor lowered",
        "name taken",
        "role that its service may not assume",
        "secondary range missing",
        "service range overlapping",
        "key in another region",
        "deletion protection",
    }
)


@dataclass(frozen=True)
class Planned:
    """One resource to make: its Pulumi type and inputs, with `${name.output}` for outputs of others."""

    type: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One mistake.

    scenery: what must be there before. bad, good: whole inputs of the twins; before: of what an update starts from. bad_users, good_users:
    what is made after an existing one and needs it.
    """

    name: str
    kind: str
    phase: str
    property: str
    fault: Fault | None
    scenery: Mapping[str, Planned]
    type: str
    bad: Mapping[str, Any]
    good: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    bad_users: Mapping[str, Planned] = field(default_factory=dict)
    good_users: Mapping[str, Planned] = field(default_factory=dict)


def cases(prefix: str = "t") -> tuple[Case, ...]:
    """All cases of the table, each with names of its own, which start with the prefix."""
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return tuple(_case(table, f"{prefix}{index}", row) for index, row in enumerate(table["cases"], start=10))


def _case(table: Any, name: str, row: Any) -> Case:
    template = table["templates"][row["of"]]
    scenery = {**table["sceneries"][row.get("scenery", template["scenery"])], **row.get("also", {})}
    common = _merged(template["inputs"], row.get("inputs", {}))
    users = row.get("users", {})
    return Case(
        name=name,
        kind=row["kind"],
        phase=row["phase"],
        property=row["property"],
        fault=Fault(*row["fault"]) if "fault" in row else None,
        scenery=_planned(scenery, name),
        type=template["type"],
        bad=_named(_merged(common, row["bad"]), name),
        good=_named(_merged(common, row["good"]), name),
        before=_named(_merged(common, row["before"]), name) if "before" in row else {},
        bad_users=_planned(users, name),
        good_users=_planned(row.get("good_users", users), name),
    )


def _planned(resources: Any, name: str) -> dict[str, Planned]:
    return {key: Planned(each["type"], _named(each["inputs"], name)) for key, each in resources.items()}


def _merged(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    merged = {**base, **{key: _merged(base.get(key), each) for key, each in change.items()}}
    return {key: each for key, each in merged.items() if each is not None}


def _named(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _named(each, name) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each, name) for each in value]
    return value.replace("{case}", name) if isinstance(value, str) else value


def references(value: Any) -> Iterator[str]:
    """The expressions between `${` and `}` in a value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, str) and value.startswith("${"):
        yield value[2:-1]


def test_every_kind_is_in_the_table() -> None:
    assert {case.kind for case in cases()} >= KINDS


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.name} {case.kind}")
def test_a_bad_case_differs_from_its_good_twin_and_refers_to_its_scenery(case: Case) -> None:
    assert case.bad != case.good
    named = {each.split(".")[0] for each in references([dict(case.bad), dict(case.good)])}
    assert named <= set(case.scenery)


@pytest.mark.parametrize("case", [case for case in cases() if case.fault], ids=lambda case: f"{case.name} {case.kind}")
def test_the_code_of_a_case_is_one_that_the_cloud_publishes(case: Case) -> None:
    assert case.fault is not None
    code, status = resolve(case.fault)
    assert code and 400 <= status < 500
