"""A node group's instance types exist, are offered in its subnets' zones, and have the architecture of its AMI type; twenty at most.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html (2025-06). Types and zones: the catalogue; what it does not
know of is taken as offered, only what it knows not to be is refused.
Error: InvalidParameterException (botocore eks), "[T] is not a valid instance type for requested amiType A" (cdk-preflight, 2026-09-25).
"""

from __future__ import annotations

from collections.abc import Iterator
from re import compile as pattern
from typing import Final

from fleet.catalog import instance_types, offered_zones
from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.aws_networks import subnets, zone
from sandbox.cloud.constraints.reading import region, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/nodeGroup:NodeGroup",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("eks", "CreateNodegroup", "InvalidParameterException")
_MOST_TYPES: Final = 20
_FORM: Final = pattern(r"[a-z][a-z0-9-]*\.([a-z0-9-]+)")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = texts(request.inputs, "instanceTypes")
    if len(wanted) > _MOST_TYPES:
        yield INVALID.refusal("instanceTypes", f"Instance types can have at most {_MOST_TYPES} items, got {len(wanted)}")
    for name in wanted:
        if name not in instance_types("aws"):
            yield from _unheard_of(name)
            continue
        yield from _architecture(name, text(request.inputs, "amiType"))
        yield from _zones(request, store, name)


def _unheard_of(name: str) -> Iterator[Refusal]:
    if not _FORM.fullmatch(name):
        yield INVALID.refusal("instanceTypes", f"[{name}] is not a valid instance type")


def _architecture(name: str, ami_type: str) -> Iterator[Refusal]:
    architecture = instance_types("aws")[name].architecture
    wrong = "x86_64" in ami_type if architecture == "arm64" else "ARM_64" in ami_type
    if wrong:
        yield INVALID.refusal("instanceTypes", f"[{name}] is not a valid instance type for requested amiType {ami_type}")


def _zones(request: Request, store: StoreView, name: str) -> Iterator[Refusal]:
    here = catalogue.region("aws", region(request))
    if here is None:
        return
    offered = offered_zones(name, here.name)
    for subnet in subnets(store, texts(request.inputs, "subnetIds")):
        found = zone(subnet, here)
        if found in here.zones and found not in offered:
            reason = f"Your requested instance type ({name}) is not supported in your requested Availability Zone ({found})"
            yield INVALID.refusal("instanceTypes", reason)
            return
