"""EKS managed add-ons at pinned versions: what nodes need comes first, the rest with the nodes; each has its own identity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.cluster.eks.identity import associate
from components.names import Owner
from components.network.aws_subnets import Slot
from fleet.blueprint.model import EksCluster, ManagedAddon

VPC_CNI_ENVIRONMENT = {
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
    "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
    "ENABLE_PREFIX_DELEGATION": "true",
}
"""Pods take addresses from subnets of their own, by whole prefixes (vpc-cni chart 1.22, 2026-07)."""

Identities = Mapping[str, pulumi.Resource]


def identities(owner: Owner, cluster: EksCluster, made: aws.eks.Cluster) -> Identities:
    """The pod identity association of each add-on that has policies, by the add-on's name."""
    return {
        addon.name: associate(owner, made, "addon", addon.name, addon.namespace, account, addon.policy_arns, None)
        for addon in cluster.addons
        if (account := addon.service_account) is not None and addon.policy_arns
    }


def before_nodes(
    owner: Owner, cluster: EksCluster, made: aws.eks.Cluster, slot: Slot, own: Identities, after: list[pulumi.Resource]
) -> list[aws.eks.Addon]:
    wanted = [addon for addon in cluster.addons if not addon.after_nodes]
    return [_addon(owner, addon, made, _configuration(addon, cluster, made, slot), own, after) for addon in wanted]


def after_nodes(
    owner: Owner, cluster: EksCluster, made: aws.eks.Cluster, own: Identities, after: list[pulumi.Resource]
) -> list[aws.eks.Addon]:
    wanted = [addon for addon in cluster.addons if addon.after_nodes]
    return [_addon(owner, addon, made, _text(addon.configuration), own, after) for addon in wanted]


def _addon(
    owner: Owner,
    addon: ManagedAddon,
    made: aws.eks.Cluster,
    configuration: pulumi.Input[str] | None,
    own: Identities,
    after: list[pulumi.Resource],
) -> aws.eks.Addon:
    """What others changed by hand in an add-on is put back, at creation and at update; removing it removes its objects."""
    name = owner.logical("addon", addon.name)
    needs = [*after, *([own[addon.name]] if addon.name in own else [])]
    return aws.eks.Addon(
        name,
        cluster_name=made.name,
        addon_name=addon.name,
        addon_version=addon.version,
        configuration_values=configuration,
        preserve=False,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=owner.tags(aws.eks.Addon, name),
        opts=owner.options(protect=False, depends_on=needs),
    )


def _text(configuration: Mapping[str, Any]) -> str | None:
    return json.dumps(configuration, sort_keys=True) if configuration else None


def _configuration(addon: ManagedAddon, cluster: EksCluster, made: aws.eks.Cluster, slot: Slot) -> pulumi.Input[str] | None:
    if addon.name != "vpc-cni":
        return _text(addon.configuration)
    group = made.vpc_config.cluster_security_group_id
    subnets = [pulumi.Output.all(subnet.availability_zone, subnet.id, group) for subnet in slot.pods.values()]
    return pulumi.Output.all(*subnets).apply(lambda found: json.dumps(_vpc_cni(addon.configuration, cluster.region, found), sort_keys=True))


def _vpc_cni(configuration: Mapping[str, Any], region: str, subnets: list[list[str]]) -> dict[str, Any]:
    """The CNI's configuration with a pod subnet per zone. subnets: [zone name, subnet id, security group id] of each."""
    zones = {zone: {"id": subnet, "securityGroups": [group]} for zone, subnet, group in subnets}
    return {
        **configuration,
        "enableNetworkPolicy": "true",
        "env": {**configuration.get("env", {}), **VPC_CNI_ENVIRONMENT},
        "eniConfig": {"create": True, "region": region, "subnets": zones},
    }
