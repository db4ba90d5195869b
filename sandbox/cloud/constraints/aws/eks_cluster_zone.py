"""EKS does not put control planes into some zones (use1-az3, usw1-az2, cac1-az3).

Rule: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html (copy of 2024-12). Zones: the catalogue's cluster_zones.
Error: UnsupportedAvailabilityZoneException (botocore eks, with validZones); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.aws_networks import subnets, zone, zone_names
from sandbox.cloud.constraints.reading import region, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

UNSUPPORTED: Final = Fault("eks", "CreateCluster", "UnsupportedAvailabilityZoneException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    here = catalogue.region("aws", region(request))
    if here is None:
        return
    names = dict(zip(here.zones, zone_names(here), strict=True))
    for subnet in subnets(store, texts(request.inputs, "vpcConfig.subnetIds")):
        found = zone(subnet, here)
        if found in here.zones and found not in here.cluster_zones:
            cannot = f"EKS does not support creating control plane instances in {names[found]} ({found}), the targeted availability zone"
            retry = "Retry cluster creation using control plane subnets that span at least two of these availability zones"
            valid = ", ".join(f"{names[each]} ({each})" for each in here.cluster_zones)
            reason = f"Cannot create cluster '{text(request.inputs, 'name')}' because {cannot}. {retry}: {valid}."
            yield UNSUPPORTED.refusal("vpcConfig.subnetIds", reason)
            return
