"""A new EKS cluster's version is a minor that EKS offers; STANDARD support is refused for a minor in extended support.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html (AWS release calendar of 2026-07-08). Minors: the catalogue.
Error: InvalidParameterException (botocore eks), "unsupported Kubernetes version", measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fleet.catalog import eks_minors
from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

INVALID: Final = Fault("eks", "CreateCluster", "InvalidParameterException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    wanted = text(request.inputs, "version")
    if not wanted:
        return
    offered = {minor.minor: minor for minor in eks_minors() if minor.support(catalogue.today()) != "ended"}
    if wanted not in offered:
        yield INVALID.refusal("version", f"unsupported Kubernetes version {wanted}. EKS offers {', '.join(offered)}")
    elif text(request.inputs, "upgradePolicy.supportType") == "STANDARD" and offered[wanted].support(catalogue.today()) == "extended":
        ended = f"Kubernetes version {wanted} is in extended support since {offered[wanted].standard_until}"
        yield INVALID.refusal("upgradePolicy.supportType", f"{ended}: supportType STANDARD is not available for it")
