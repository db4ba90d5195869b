"""A renamed cluster registers what it did under its first name: nothing is made, replaced or deleted for a name."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from components.rehearsal import Registration, rehearse
from fleet.blueprint.model import Stack
from fleet.policies.blueprint import subjects
from policies.pack.subjects import Owners
from tests.components import samples

KINDS = ("eks", "gke", "registered")


def renamed(stack: Stack, entry: str, *, formerly: bool) -> Stack:
    """The stack with its cluster under another name, as compile makes it with and without an alias."""
    content: Any = msgspec.json.decode(msgspec.json.encode(stack))
    for cluster in content["clusters"]:
        old, cluster["name"] = cluster["name"], cluster["name"].replace("core", entry).replace("legacy", entry)
        for slot in (slot for network in content["networks"] for slot in network["slots"] if slot["cluster"] == old):
            slot["cluster"] = cluster["name"]
        if formerly:
            cluster["formerly"] = old
    return msgspec.convert(content, Stack)


def stack_of(kind: str) -> Stack:
    return samples.registered() if kind == "registered" else samples.stack("aws" if kind == "eks" else "gcp")


def registered(stack: Stack) -> list[Registration]:
    found = (resource for resource in rehearse(stack).resources if resource.type != "pulumi:pulumi:Stack")
    return sorted(found, key=lambda resource: resource.urn)


@pytest.mark.parametrize("kind", KINDS)
def test_a_renamed_cluster_keeps_every_resource_with_its_urn_and_inputs(kind: str) -> None:
    stack = stack_of(kind)
    assert registered(renamed(stack, "accounts", formerly=True)) == registered(stack)


@pytest.mark.parametrize("kind", KINDS)
def test_another_name_alone_would_make_other_resources(kind: str) -> None:
    stack = stack_of(kind)
    before, after = registered(stack), registered(renamed(stack, "accounts", formerly=False))
    assert {each.urn for each in before} != {each.urn for each in after}


@pytest.mark.parametrize("kind", KINDS)
def test_its_outputs_are_exported_under_the_new_name(kind: str) -> None:
    stack = renamed(stack_of(kind), "accounts", formerly=True)
    assert list(rehearse(stack).outputs) == [stack.clusters[0].name]


@pytest.mark.parametrize("kind", ["eks", "gke"])
def test_its_kubeconfig_says_the_new_name_to_people_and_the_first_to_its_provider(kind: str) -> None:
    stack = renamed(stack_of(kind), "accounts", formerly=True)
    (cluster,) = stack.clusters
    made = rehearse(stack)
    (provider,) = made.of("pulumi:providers:kubernetes")
    texts = made.outputs[cluster.name]["kubeconfig"], provider.inputs["kubeconfig"]
    assert [names(json.loads(text)) for text in texts] == [{cluster.name}, {cluster.identity}]


@pytest.mark.parametrize("kind", KINDS)
def test_policies_know_its_resources_still(kind: str) -> None:
    stack = stack_of(kind)
    after = renamed(stack, "accounts", formerly=True)
    assert [(each.kind, each.name) for each in subjects(after)] == [(each.kind, each.name) for each in subjects(stack)]
    assert Owners.of(after, {}).by_component.keys() == Owners.of(stack, {}).by_component.keys()


def names(kubeconfig: dict[str, Any]) -> set[str]:
    parts = [*kubeconfig["clusters"], *kubeconfig["users"], *kubeconfig["contexts"]]
    context = kubeconfig["contexts"][0]["context"]
    return {part["name"] for part in parts} | {kubeconfig["current-context"], context["cluster"], context["user"]}
