"""The EKS control plane: its key, log group, role and API security group, and the cluster itself, closed by default.

Source of the settings: EKS user guide and best practices (2025-06 to 2026-09), the replacement table for what is fixed for life.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.keys import Location, key, log_group
from components.names import Owner
from components.network.aws import Aws
from components.network.aws_endpoints import admit_https
from components.network.aws_subnets import Slot
from components.roles import allow, attach, service_role
from fleet.blueprint.model import EksCluster

LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@dataclass(frozen=True)
class ControlPlane:
    """The cluster and what its nodes share with it."""

    cluster: aws.eks.Cluster
    key: aws.kms.Key
    location: Location


def build(owner: Owner, cluster: EksCluster, network: Aws, slot: Slot) -> ControlPlane:
    """The control plane; its log group exists before it, or EKS would make one without retention and encryption."""
    location = Location.of(cluster.deployer, cluster.region)
    logs_name = f"/aws/eks/{cluster.physical_name}/cluster"
    encryption = key(owner, location, logs_name, volumes=True)
    logs = log_group(owner, logs_name, cluster.log_retention_days, encryption.arn, "logs")
    role = service_role(owner, "eks.amazonaws.com", "cluster", actions=("sts:AssumeRole", "sts:TagSession"))
    rights: list[pulumi.Resource] = [
        attach(owner, role, location.managed_policy("AmazonEKSClusterPolicy"), "cluster"),
        allow(owner, role, [_use_key(encryption)], "cluster", "key"),
    ]
    made = _cluster(owner, cluster, slot, role, encryption, _api_group(owner, network), [logs, *rights])
    return ControlPlane(made, encryption, location)


def _use_key(encryption: aws.kms.Key) -> dict[str, object]:
    return {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"], "Resource": encryption.arn}


def _api_group(owner: Owner, network: Aws) -> aws.ec2.SecurityGroup:
    """Whoever is inside the network may reach the API; EKS's own group admits nodes only."""
    name = owner.logical("api")
    group = aws.ec2.SecurityGroup(
        name,
        vpc_id=network.vpc_id,
        description="Kubernetes API from inside the network",
        tags=owner.tags(aws.ec2.SecurityGroup, name),
        opts=owner.options(),
    )
    admit_https(owner, group, name, network.cidr)
    return group


def _cluster(
    owner: Owner,
    cluster: EksCluster,
    slot: Slot,
    role: aws.iam.Role,
    encryption: aws.kms.Key,
    api_group: aws.ec2.SecurityGroup,
    after: list[pulumi.Resource],
) -> aws.eks.Cluster:
    return aws.eks.Cluster(
        owner.name,
        name=cluster.physical_name,
        version=cluster.kubernetes,
        role_arn=role.arn,
        access_config=aws.eks.ClusterAccessConfigArgs(authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False),
        bootstrap_self_managed_addons=False,
        enabled_cluster_log_types=LOG_TYPES,
        encryption_config=aws.eks.ClusterEncryptionConfigArgs(
            provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=encryption.arn), resources=["secrets"]
        ),
        kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(ip_family="ipv4", service_ipv4_cidr=cluster.services_cidr),
        vpc_config=_vpc_config(cluster, slot, api_group),
        upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=cluster.support_type),
        zonal_shift_config=aws.eks.ClusterZonalShiftConfigArgs(enabled=True),
        deletion_protection=cluster.protect,
        tags=owner.tags(aws.eks.Cluster, owner.name),
        opts=owner.options(depends_on=after),
    )


def _vpc_config(cluster: EksCluster, slot: Slot, api_group: aws.ec2.SecurityGroup) -> aws.eks.ClusterVpcConfigArgs:
    """The API answers inside the network, and outside only for the ranges the blueprint names."""
    outside = list(cluster.endpoint.public_cidrs)
    return aws.eks.ClusterVpcConfigArgs(
        subnet_ids=[subnet.id for subnet in slot.control_plane.values()],
        security_group_ids=[api_group.id],
        endpoint_private_access=True,
        endpoint_public_access=bool(outside),
        public_access_cidrs=outside or None,
    )
