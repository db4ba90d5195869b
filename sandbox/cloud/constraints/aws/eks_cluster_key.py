"""An EKS cluster's secrets key is a symmetric KMS key of the cluster's own region; once on, encryption stays and keeps its key.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html (2025-06).
Error: InvalidParameterException "... scoped to invalid aws region", measured by cdk-preflight, 2026-09-25; moto 5.2 for the resources'
text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.arns import part
from sandbox.cloud.constraints.reading import holds, region, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateCluster", "InvalidParameterException")
_PROPERTY: Final = "encryptionConfig.provider.keyArn"


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    arn, here = text(request.inputs, _PROPERTY), region(request)
    if arn.startswith("arn:") and here and part(arn, "region") != here:
        yield INVALID.refusal(_PROPERTY, f"The keyArn in encryptionConfig provider {arn} is scoped to invalid aws region, expected {here}")
    for key in store.find("aws:kms/key:Key", arn=arn) if arn else ():
        spec = text(holds(key), "customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
        if spec != "SYMMETRIC_DEFAULT":
            yield INVALID.refusal(_PROPERTY, f"The keyArn in encryptionConfig provider {arn} is not a symmetric key: {spec}")
    resources = texts(request.inputs, "encryptionConfig.resources")
    if resources and resources != ("secrets",):
        yield INVALID.refusal("encryptionConfig.resources", f"Invalid k8s resource for encryption: {', '.join(resources)}")
