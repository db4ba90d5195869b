"""An EKS cluster's service range is private, /12 to /24, and overlaps no range of its VPC.

Rule: https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html (botocore eks documentation of
serviceIpv4Cidr).
Error: InvalidParameterException (botocore eks); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.aws_networks import ranges, subnets, vpc_of
from sandbox.cloud.constraints.networks import PRIVATE, clash, inside, network
from sandbox.cloud.constraints.reading import text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("eks", "CreateCluster", "InvalidParameterException")
_PROPERTY: Final = "kubernetesNetworkConfig.serviceIpv4Cidr"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = network(text(request.inputs, _PROPERTY))
    if wanted is None:
        return
    if text(request.inputs, "kubernetesNetworkConfig.ipFamily") == "ipv6":
        yield INVALID.refusal(_PROPERTY, "Service IPv4 CIDR cannot be specified when the IP family is ipv6")
    if not inside(wanted, PRIVATE):
        yield INVALID.refusal(_PROPERTY, f"CIDR {wanted} is not within the RFC1918 range: 10.0.0.0/8, 172.16.0.0/12, or 192.168.0.0/16")
    homes = {vpc_of(each) for each in subnets(store, texts(request.inputs, "vpcConfig.subnetIds"))}
    for vpc in filter(None, (store.get("aws:ec2/vpc:Vpc", home) for home in homes)):
        if (other := clash(wanted, ranges(store, vpc))) is not None:
            yield INVALID.refusal(_PROPERTY, f"CIDR {wanted} overlaps with the VPC CIDR {other} of {vpc.id}")
