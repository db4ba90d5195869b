"""Who gets into an EKS cluster: access entries. Teams come as Kubernetes groups; only deployer and break-glass have policies."""

from __future__ import annotations

import pulumi_aws as aws

from components.names import Owner
from fleet.blueprint.model import EksCluster

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"


def deployer(owner: Owner, cluster: EksCluster, made: aws.eks.Cluster) -> aws.eks.AccessPolicyAssociation:
    """The deployer's right. What it makes in and for the cluster depends on this, so that it goes last."""
    name = owner.logical("access", "deployer")
    entry = aws.eks.AccessEntry(
        name,
        cluster_name=made.name,
        principal_arn=cluster.deployer.principal,
        type="STANDARD",
        tags=owner.tags(aws.eks.AccessEntry, name),
        opts=owner.options(),
    )
    return _cluster_admin(owner, name, made, entry, protect=None)


def teams(owner: Owner, cluster: EksCluster, made: aws.eks.Cluster) -> None:
    """One entry per team and tier. They may change without ceremony in a protected cluster."""
    for team in cluster.access:
        name = owner.logical("access", team.team, team.tier)
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=made.name,
            principal_arn=team.principal,
            kubernetes_groups=list(team.kubernetes_groups),
            type="STANDARD",
            tags=owner.tags(aws.eks.AccessEntry, name),
            opts=owner.options(protect=False),
        )
        if team.tier == "break-glass":
            _cluster_admin(owner, name, made, entry, protect=False)


def _cluster_admin(
    owner: Owner, name: str, made: aws.eks.Cluster, entry: aws.eks.AccessEntry, protect: bool | None
) -> aws.eks.AccessPolicyAssociation:
    """Access policies have ARNs without region and account; the partition is the principal's own."""
    policy = entry.principal_arn.apply(lambda arn: f"arn:{arn.split(':')[1]}:eks::aws:cluster-access-policy/{CLUSTER_ADMIN}")
    return aws.eks.AccessPolicyAssociation(
        name,
        cluster_name=made.name,
        principal_arn=entry.principal_arn,
        policy_arn=policy,
        access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
        opts=owner.options(protect=protect),
    )
