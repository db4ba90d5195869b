"""An access policy is one that EKS has, of an existing STANDARD entry, and names namespaces exactly when its scope is theirs.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html (2025-06, AmazonEKSSecretReaderPolicy 2026).
Error: ResourceNotFoundException, InvalidParameterException, InvalidRequestException (botocore eks, AssociateAccessPolicy).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import holds, is_unknown, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/accessPolicyAssociation:AccessPolicyAssociation",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

MISSING: Final = Fault("eks", "AssociateAccessPolicy", "ResourceNotFoundException")
INVALID: Final = Fault("eks", "AssociateAccessPolicy", "InvalidParameterException")
WRONG_TYPE: Final = Fault("eks", "AssociateAccessPolicy", "InvalidRequestException")
POLICIES: Final = (
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSHybridPolicy",
)


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    inputs = request.inputs
    cluster, principal, policy = text(inputs, "clusterName"), text(inputs, "principalArn"), text(inputs, "policyArn")
    if policy and policy.rsplit("/", 1)[-1] not in POLICIES:
        yield INVALID.refusal("policyArn", f"The policyArn parameter format is not valid: {policy}")
    if store.get("aws:eks/cluster:Cluster", cluster) is not None and principal:
        yield from _entry(store, cluster, principal)
    scope, namespaces = text(inputs, "accessScope.type"), texts(inputs, "accessScope.namespaces")
    if scope == "namespace" and not namespaces and not is_unknown(inputs, "accessScope.namespaces"):
        yield INVALID.refusal("accessScope.namespaces", "Access scope of type namespace needs at least one namespace")
    if scope == "cluster" and namespaces:
        yield INVALID.refusal("accessScope.namespaces", "Access scope of type cluster must not have namespaces")


def _entry(store: StoreView, cluster: str, principal: str) -> Iterator[Refusal]:
    entry = next(iter(store.find("aws:eks/accessEntry:AccessEntry", clusterName=cluster, principalArn=principal)), None)
    if entry is None:
        advice = "You can view your available access entries with 'list-access-entries'."
        reason = f"The specified principalArn could not be found. {advice} It is {principal}"
        yield MISSING.refusal("principalArn", reason)
    elif (kind := text(holds(entry), "type") or "STANDARD") != "STANDARD":
        yield WRONG_TYPE.refusal("principalArn", f"Access policies are not allowed for access entries of type {kind}")
