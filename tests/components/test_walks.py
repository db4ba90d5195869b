"""What the engine has to walk when a deletion fails: every path of dependencies below what failed (see components/platform/stage.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from components.rehearsal import Recording, Registration, rehearse
from fleet.blueprint.files import read_stack

STACKS = Path(__file__).parents[2] / "stacks"
MOST = 5_000_000
"""Steps that the engine takes in seconds: some hundred nanoseconds each."""


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_refused_destroy_of_the_example_ends_in_seconds(environment: str) -> None:
    assert steps(rehearse(read_stack(STACKS / environment))) < MOST


def test_no_layer_inside_a_cluster_multiplies_the_walk(aws: Recording) -> None:
    cost = costs(aws)
    inside = [resource for resource in aws.resources if resource.type.startswith("kubernetes:")]
    nodes = max(cost(group.urn) for group in aws.of("aws:eks/nodeGroup:NodeGroup"))
    assert max(cost(resource.urn) for resource in inside) < 10 * nodes


def steps(recording: Recording) -> int:
    """At most so many steps below the guard, which names all. The engine remembers parents: each is counted once, with the rest."""
    cost = costs(recording)
    return sum(cost(resource.urn) for resource in recording.resources if resource.type != "fleet:stack:Guard")


def costs(recording: Recording) -> Callable[[str], int]:
    """How many steps the engine takes below a resource, itself among them, by its URN."""
    by_urn = {resource.urn: resource for resource in recording.resources}

    @cache
    def cost(urn: str) -> int:
        return 1 + sum(cost(each) for each in named(by_urn[urn]) if each in by_urn)

    return cost


def named(resource: Registration) -> list[str]:
    """Every way in which a resource names another, as often as it does; what an input implies is named by the resource and by the input."""
    implied = [urn for urns in resource.by_property.values() for urn in urns]
    provider = resource.provider.rsplit("::", 1)[0]
    return [*resource.depends_on, *implied, *resource.replace_with, *filter(None, [resource.deleted_with, provider])]
