"""An EKS cluster's subnets: two at least, in two zones at least, of one VPC; after creation only of the same VPC and zones.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html (copy of 2025-06).
Error: InvalidParameterException (botocore eks); texts as measured against AWS by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.aws_networks import subnets, vpc_of, zone
from sandbox.cloud.constraints.reading import effective, is_unknown, region, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

CREATE: Final = Fault("eks", "CreateCluster", "InvalidParameterException")
UPDATE: Final = Fault("eks", "UpdateClusterConfig", "InvalidParameterException")
_PROPERTY: Final = "vpcConfig.subnetIds"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    ids = texts(request.inputs, _PROPERTY)
    found = subnets(store, ids)
    if is_unknown(request.inputs, _PROPERTY) or len(found) != len(ids):
        return
    fault = CREATE if request.phase == "create" else UPDATE
    zones = _zones(request, found)
    if len({vpc_of(each) for each in found}) > 1:
        yield fault.refusal(_PROPERTY, "Subnets specified must belong to the same VPC")
    elif len(zones) < 2:
        yield fault.refusal(_PROPERTY, "Subnets specified must be in at least two different AZs")
    elif request.phase == "update":
        yield from _moved(request, store, zones)


def _moved(request: Request, store: StoreView, zones: frozenset[str]) -> Iterator[Refusal]:
    before = subnets(store, texts(effective(request), _PROPERTY))
    if before and zones != _zones(request, before):
        yield UPDATE.refusal(_PROPERTY, "Provided subnets must be in the same set of AZs as the subnets of the cluster")


def _zones(request: Request, found: Sequence[Stored]) -> frozenset[str]:
    here = catalogue.region("aws", region(request))
    return frozenset(zone(each, here) for each in found)
