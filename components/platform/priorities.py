"""Priority classes: which pods go first when there is not enough room."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as k8s

from components.platform.inside import Inside
from fleet.blueprint.model import Platform


def build(inside: Inside, platform: Platform) -> list[pulumi.Resource]:
    """None is the default of pods that name none: those have priority 0."""
    kind = k8s.scheduling.v1.PriorityClass
    made: list[pulumi.Resource] = []
    for wanted in platform.priority_classes:
        name = inside.owner.logical("priority", wanted.name)
        made.append(
            kind(
                name,
                metadata=inside.metadata(kind, name, wanted.name),
                value=wanted.value,
                global_default=False,
                preemption_policy="PreemptLowerPriority",
                opts=inside.options_within(None),
            )
        )
    return made
