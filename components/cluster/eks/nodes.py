"""EKS node groups: one per pool and zone, from a hardened launch template per pool, all under one node role per cluster."""

from __future__ import annotations

import base64
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cluster.eks.control_plane import ControlPlane
from components.names import Owner
from components.network.aws_subnets import Slot
from components.roles import attach, service_role
from fleet.blueprint.model import EksCluster, EksNodeGroup, EksNodePool, Taint

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
CNI_POLICY = "AmazonEKS_CNI_Policy"
AMI_TYPES: Final = {"amd64": "AL2023_x86_64_STANDARD", "arm64": "AL2023_ARM_64_STANDARD"}
CAPACITY_TYPES: Final = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
TAINT_EFFECTS: Final = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}


def build(owner: Owner, cluster: EksCluster, plane: ControlPlane, slot: Slot, after: list[pulumi.Resource]) -> list[aws.eks.NodeGroup]:
    """All node groups. after: what nodes need to come up, as their routes and the add-ons that give them a network."""
    role = service_role(owner, "ec2.amazonaws.com", "nodes")
    rights = [attach(owner, role, plane.location.managed_policy(policy), "nodes") for policy in _policies(cluster)]
    groups = []
    for pool in cluster.node_pools:
        template = _template(owner, pool, plane)
        for group in pool.groups:
            groups.append(_group(owner, pool, group, plane, role, template, slot, [*after, *rights]))
    return groups


def _policies(cluster: EksCluster) -> tuple[str, ...]:
    """Nodes carry the CNI's rights only where the CNI has no identity of its own."""
    own = any(addon.name == "vpc-cni" and addon.service_account and addon.policy_arns for addon in cluster.addons)
    return NODE_POLICIES if own else (*NODE_POLICIES, CNI_POLICY)


def _template(owner: Owner, pool: EksNodePool, plane: ControlPlane) -> aws.ec2.LaunchTemplate:
    """Session tokens required and out of reach for pods (hop limit 1), disks encrypted with the cluster's key, no SSH key."""
    name = owner.logical("pool", pool.name)
    shared = owner.shared_tags(name)
    kinds = ("instance", "volume", "network-interface")
    return aws.ec2.LaunchTemplate(
        name,
        update_default_version=True,
        user_data=_user_data(pool),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1, instance_metadata_tags="disabled"
        ),
        block_device_mappings=[aws.ec2.LaunchTemplateBlockDeviceMappingArgs(device_name="/dev/xvda", ebs=_disk(pool, plane))],
        tag_specifications=[aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=shared) for kind in kinds],
        tags=owner.tags(aws.ec2.LaunchTemplate, name),
        opts=owner.options(protect=False),
    )


def _disk(pool: EksNodePool, plane: ControlPlane) -> aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs:
    return aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
        volume_type="gp3", volume_size=pool.disk_gib, encrypted="true", kms_key_id=plane.key.arn, delete_on_termination="true"
    )


def _user_data(pool: EksNodePool) -> str:
    """Amazon Linux 2023's nodeadm takes kubelet settings as a NodeConfig part, merged with EKS's own (EKS user guide, 2025-06)."""
    lines = (
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="fleet"',
        "",
        "--fleet",
        "Content-Type: application/node.eks.aws",
        "",
        "apiVersion: node.eks.aws/v1alpha1",
        "kind: NodeConfig",
        "spec:",
        "  kubelet:",
        "    config:",
        f"      maxPods: {pool.max_pods}",
        "",
        "--fleet--",
        "",
    )
    return base64.b64encode("\n".join(lines).encode()).decode()


def _group(
    owner: Owner,
    pool: EksNodePool,
    group: EksNodeGroup,
    plane: ControlPlane,
    role: aws.iam.Role,
    template: aws.ec2.LaunchTemplate,
    slot: Slot,
    after: list[pulumi.Resource],
) -> aws.eks.NodeGroup:
    """One zone's nodes. A change of what is fixed comes with a new physical name, so the new group is there before the old one goes."""
    name = owner.logical("pool", pool.name, group.zone)
    return aws.eks.NodeGroup(
        name,
        cluster_name=plane.cluster.name,
        node_group_name=group.physical_name,
        node_role_arn=role.arn,
        subnet_ids=[slot.nodes[group.zone].id],
        version=pool.kubernetes,
        ami_type=AMI_TYPES[pool.architecture],
        capacity_type=CAPACITY_TYPES[pool.capacity],
        instance_types=list(pool.instance_types),
        launch_template=aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
        scaling_config=aws.eks.NodeGroupScalingConfigArgs(min_size=group.min, max_size=group.max, desired_size=group.min),
        update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable=1),
        node_repair_config=aws.eks.NodeGroupNodeRepairConfigArgs(enabled=True),
        labels=pool.labels,
        taints=[_taint(taint) for taint in pool.taints],
        tags=owner.tags(aws.eks.NodeGroup, name),
        opts=owner.options(protect=False, depends_on=after, ignore_changes=["scalingConfig.desiredSize"], delete_before_replace=False),
    )


def _taint(taint: Taint) -> aws.eks.NodeGroupTaintArgs:
    return aws.eks.NodeGroupTaintArgs(key=taint.key, value=taint.value, effect=TAINT_EFFECTS[taint.effect])
