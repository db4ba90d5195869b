"""The order inside a cluster: what is in a stage comes after all that the stage is after, and goes before it.

Objects could name what they need one by one. But when one deletion fails, the engine walks every path of dependencies below it, one by one
and with no memory but of parents (`markAsDependency` in pkg/resource/graph, Pulumi 3.259), and paths multiply from layer to layer: with six
clusters that name one by one, a refused `pulumi destroy` walked 4*10^10 paths and never ended. A stage is a parent, so it is walked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.platform.inside import Inside


class Stage(pulumi.ComponentResource):
    """Registered when what it is after is there; its children wait for that."""


def stage(inside: Inside, what: str, after: Sequence[pulumi.Resource]) -> Inside:
    """The way into the cluster for a stage of this name, within the stage or platform that `inside` belongs to."""
    owner = inside.owner
    made = Stage("fleet:platform:Stage", owner.logical(what), None, owner.options(depends_on=list(after)))
    return replace(inside, owner=replace(owner, component=made))
