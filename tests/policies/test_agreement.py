"""Both adapters tell the same of the same fleet: the blueprint's before Pulumi runs, the pack's of what the components register."""

from __future__ import annotations

from typing import Any

import pytest

from components.rehearsal import rehearse
from fleet.blueprint.files import read_stack
from fleet.blueprint.json import encode
from fleet.blueprint.model import Stack
from fleet.policies.blueprint import subjects
from fleet.policies.facts import FACTS, Kind
from fleet.policies.subject import Subject, is_unknown
from policies.pack.adapters import is_judged
from tests.components import samples
from tests.policies import worlds
from tests.policies.cases import ROOT
from tests.policies.gates import subjects_of

STACKS = ("dev", "staging", "prod")
FLEETS = (*STACKS, *samples.SAMPLES)


@pytest.fixture(scope="module", autouse=True)
def kubeconfig_of_the_registered_cluster() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(samples.KUBECONFIG_VARIABLE, samples.kubeconfig())
        yield


def read(fleet: str) -> Stack:
    return read_stack(ROOT / "stacks" / fleet) if fleet in STACKS else samples.SAMPLES[fleet]()


def in_pulumi(stack: Stack) -> tuple[Subject, ...]:
    found = worlds.as_policy_resources(worlds.registered(encode(stack)))
    return subjects_of(stack, [one for one in found if is_judged(one.resource_type)])


def by_name(found: tuple[Subject, ...]) -> dict[tuple[Kind, str], Subject]:
    named = {(subject.kind, subject.name): subject for subject in found}
    assert len(named) == len(found)
    return named


@pytest.mark.parametrize("name", FLEETS)
def test_the_blueprint_and_the_resources_tell_the_same(name: str) -> None:
    stack = read(name)
    before, inside = by_name(subjects(stack)), by_name(in_pulumi(stack))
    assert before.keys() == inside.keys()
    for key, subject in before.items():
        told, registered = subject.document, inside[key].document
        for fact in FACTS[subject.kind]:
            assert at(told, fact.path) == at(registered, fact.path), f"{key}: {fact.path}"
        assert told == registered
        assert subject.clusters == inside[key].clusters


@pytest.mark.parametrize("name", FLEETS)
def test_every_fact_of_a_kind_is_told_and_has_its_type(name: str) -> None:
    types: dict[str, Any] = {"boolean": bool, "integer": int, "string": str, "strings": list, "map": dict}
    for subject in subjects(read(name)):
        for fact in FACTS[subject.kind]:
            value = at(subject.document, fact.path)
            assert type(value) is types[fact.type], f"{subject.kind} {subject.name}: {fact.path} is {value!r}"
            assert not is_unknown(value)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_all_that_can_be_judged_of_a_stack_is_judged(cloud: Any) -> None:
    """A type that the components begin to register and no adapter reads would go unjudged."""
    registered = {one.type for one in rehearse(samples.stack(cloud)).resources}
    named = {"Cluster", "NodeGroup", "NodePool", "Key", "CryptoKey", "Vpc", "Network"}
    assert {token for token in registered if token.rpartition(":")[2] in named} == {token for token in registered if is_judged(token)}


def at(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document[step]
    return document
