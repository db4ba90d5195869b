"""A role that a service is to use is of the same account and trusts that service.

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html; EKS user guide: cluster role, node role, pod
identity role.
Error: InvalidParameterException (botocore eks); texts as the API's answers are quoted in public issues and measured by cdk-preflight,
2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.cloud.constraints.arns import part
from sandbox.cloud.constraints.policies import allows
from sandbox.cloud.constraints.reading import holds, strings, value
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = (
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/addon:Addon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)


@dataclass(frozen=True)
class Use:
    """One use of a role. actions: what its trust policy must let the service do."""

    property: str
    service: str
    actions: tuple[str, ...]
    fault: Fault
    text: str


_NOT_TRUSTED: Final = "Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"
_POD: Final = ("sts:AssumeRole", "sts:TagSession")
_POD_TEXT: Final = "Trust policy of role {arn} must include '{service}' with sts:AssumeRole and sts:TagSession"
USES: Final[Mapping[str, Use]] = {
    "aws:eks/cluster:Cluster": Use(
        "roleArn", "eks.amazonaws.com", ("sts:AssumeRole",), Fault("eks", "CreateCluster", "InvalidParameterException"), _NOT_TRUSTED
    ),
    "aws:eks/nodeGroup:NodeGroup": Use(
        "nodeRoleArn",
        "ec2.amazonaws.com",
        ("sts:AssumeRole",),
        Fault("eks", "CreateNodegroup", "InvalidParameterException"),
        "Following required service principals [{service}] were not found in the trust relationships of nodeRole {arn}",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Use(
        "roleArn", "pods.eks.amazonaws.com", _POD, Fault("eks", "CreatePodIdentityAssociation", "InvalidParameterException"), _POD_TEXT
    ),
    "aws:eks/addon:Addon": Use(
        "podIdentityAssociations.roleArn",
        "pods.eks.amazonaws.com",
        _POD,
        Fault("eks", "CreateAddon", "InvalidParameterException"),
        _POD_TEXT,
    ),
}
"""Type -> how it uses a role. Not FlowLog: EC2 takes any role and the deliveries fail afterwards."""


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    use = USES[request.type]
    for path, arn in strings(request.inputs, use.property):
        if not arn.startswith("arn:"):
            continue
        if part(arn, "account") != request.caller.account:
            yield use.fault.refusal(path, f"Cross-account pass role is not allowed: {arn}")
            continue
        role = next(iter(store.find("aws:iam/role:Role", arn=arn)), None)
        policy = value(holds(role), "assumeRolePolicy") if role is not None else None
        if role is None or not allows(policy, use.service, use.actions):
            yield use.fault.refusal(path, use.text.format(arn=arn, service=use.service))
