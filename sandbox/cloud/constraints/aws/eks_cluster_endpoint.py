"""An EKS cluster's API answers somewhere: the public and the private endpoint are not both off.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html (2025-06); defaults: public on, private off.
Error: InvalidParameterException "Private and public endpoint access cannot be false", measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.networks import network
from sandbox.cloud.constraints.reading import flag, is_unknown, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateCluster", "InvalidParameterException")
_MOST_CIDRS: Final = 40


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    inputs = request.inputs
    public = is_unknown(inputs, "vpcConfig.endpointPublicAccess") or flag(inputs, "vpcConfig.endpointPublicAccess", default=True)
    private = is_unknown(inputs, "vpcConfig.endpointPrivateAccess") or flag(inputs, "vpcConfig.endpointPrivateAccess", default=False)
    if not public and not private:
        yield INVALID.refusal("vpcConfig.endpointPrivateAccess", "Private and public endpoint access cannot be false")
    cidrs = texts(inputs, "vpcConfig.publicAccessCidrs")
    if len(cidrs) > _MOST_CIDRS:
        yield INVALID.refusal("vpcConfig.publicAccessCidrs", f"at most {_MOST_CIDRS} public access CIDRs, got {len(cidrs)}")
    for cidr in cidrs:
        if network(cidr) is None and ":" not in cidr:
            yield INVALID.refusal("vpcConfig.publicAccessCidrs", f"The following CIDRs are invalid in publicAccessCidrs: {cidr}")
