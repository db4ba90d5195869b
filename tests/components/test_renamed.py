"""A renamed cluster registers what it did under its first name: nothing is made, replaced or deleted for a name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from components.rehearsal import Registration, rehearse
from fleet.blueprint.model import Cloud, Stack
from tests.components import samples


def renamed(stack: Stack, entry: str, *, formerly: bool) -> Stack:
    """The stack with `core-...` under another name, as compile makes it with and without an alias."""
    content: Any = msgspec.json.decode(msgspec.json.encode(stack))
    for cluster in content["clusters"]:
        old, cluster["name"] = cluster["name"], cluster["name"].replace("core", entry)
        for slot in (slot for network in content["networks"] for slot in network["slots"] if slot["cluster"] == old):
            slot["cluster"] = cluster["name"]
        if formerly:
            cluster["formerly"] = old
    return msgspec.convert(content, Stack)


def registered(stack: Stack) -> list[Registration]:
    found = (resource for resource in rehearse(stack).resources if resource.type != "pulumi:pulumi:Stack")
    return sorted(found, key=lambda resource: resource.urn)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_renamed_cluster_keeps_every_resource_with_its_urn_and_inputs(cloud: Cloud) -> None:
    stack = samples.stack(cloud)
    assert registered(renamed(stack, "accounts", formerly=True)) == registered(stack)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_another_name_alone_would_make_other_resources(cloud: Cloud) -> None:
    stack = samples.stack(cloud)
    before, after = registered(stack), registered(renamed(stack, "accounts", formerly=False))
    assert {each.urn for each in before} != {each.urn for each in after}


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_its_kubeconfig_is_exported_under_the_new_name(cloud: Cloud) -> None:
    stack = renamed(samples.stack(cloud), "accounts", formerly=True)
    assert list(rehearse(stack).outputs) == [stack.clusters[0].name]
