"""EKS: clusters, node groups, add-ons, access. Source: terraform-provider-aws internal/service/eks/*; EKS API reference, Cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from fleet.catalog.versions import eks_minors
from sandbox.cloud.outputs.certificates import authority
from sandbox.cloud.outputs.making import Making, makes

ADDON_CLUSTER = "aws:eks/cluster:Cluster"
SUBNET = "aws:ec2/subnet:Subnet"


@makes(ADDON_CLUSTER)
def cluster(making: Making) -> dict[str, object]:
    token = hashlib.sha256(f"eks/{making.caller.account}/{making.serial}".encode()).hexdigest()[:32].upper()
    region = making.place("region")
    issuer = f"https://oidc.eks.{region}.amazonaws.com/id/{token}"
    return {
        **making.defaults(version=eks_minors()[-1].minor, deletionProtection=False, bootstrapSelfManagedAddons=True),
        "endpoint": making.once("endpoint", lambda: f"https://{_endpoint(making) or f'{token}.gr7.{region}.eks.amazonaws.com'}"),
        "identities": making.once("identities", lambda: [{"oidcs": [{"issuer": issuer}]}]),
        "certificateAuthority": making.once("certificateAuthority", lambda: {"data": _authority(making)}),
        "createdAt": making.created("createdAt"),
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "clusterId": "",
        "vpcConfig": _vpc_config(making),
        "accessConfig": making.merged("accessConfig", authenticationMode="CONFIG_MAP", bootstrapClusterCreatorAdminPermissions=True),
        "kubernetesNetworkConfig": making.merged(
            "kubernetesNetworkConfig", serviceIpv4Cidr="172.20.0.0/16", ipFamily="ipv4", elasticLoadBalancing={"enabled": False}
        ),
        "upgradePolicy": making.merged("upgradePolicy", supportType="EXTENDED"),
        "controlPlaneScalingConfig": making.merged("controlPlaneScalingConfig", tier="standard"),
    }


def _endpoint(making: Making) -> str:
    """Host and port of the real API server behind it, empty where there is none."""
    address = making.address(making.text(making.identity.arn))
    return address.endpoint if address else ""


def _authority(making: Making) -> str:
    address = making.address(making.text(making.identity.arn))
    return address.certificate_authority if address else authority("kubernetes")


def _vpc_config(making: Making) -> dict[str, object]:
    """The VPC is the subnets'; the cluster security group is EKS's own and stays."""
    old = making.old.get("vpcConfig")
    group = old.get("clusterSecurityGroupId") if isinstance(old, Mapping) else making.drawn("clusterSecurityGroupId", "sg-#")
    subnets = making.get("vpcConfig", "subnetIds")
    first = making.view.get(SUBNET, str(subnets[0])) if isinstance(subnets, list) and subnets else None
    vpc = first.outputs.get("vpcId") if first else old.get("vpcId") if isinstance(old, Mapping) else making.once("vpcId", lambda: "")
    given = making.merged("vpcConfig", endpointPrivateAccess=False, endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"])
    return {**given, "clusterSecurityGroupId": group, "vpcId": vpc}


@makes("aws:eks/nodeGroup:NodeGroup")
def node_group(making: Making) -> dict[str, object]:
    owner = making.view.get(ADDON_CLUSTER, str(making.get("clusterName")))
    version = owner.outputs.get("version") if owner else None
    scaling_group = making.text("eks-{nodeGroupName}-{pseudo-uuid}")
    resources = [{"autoscalingGroups": [{"name": scaling_group}], "remoteAccessSecurityGroupId": ""}]
    return {
        **making.defaults(version=version, amiType="AL2023_x86_64_STANDARD", capacityType="ON_DEMAND", instanceTypes=["t3.medium"]),
        "diskSize": making.inputs.get("diskSize", 0 if making.get("launchTemplate") else 20),
        "releaseVersion": making.inputs.get("releaseVersion", _release(making.inputs.get("version", version))),
        "resources": making.once("resources", lambda: resources),
        "status": "ACTIVE",
    }


def _release(version: object) -> object:
    """AMI releases are MINOR.PATCH-DATE; which patch is AWS's choice, and only has to move with the minor here."""
    return f"{version}.0-20261101" if isinstance(version, str) else version


@makes("aws:eks/addon:Addon")
def addon(making: Making) -> dict[str, object]:
    return {"createdAt": making.created("createdAt"), "modifiedAt": making.created("modifiedAt")}


@makes("aws:eks/accessEntry:AccessEntry")
def access_entry(making: Making) -> dict[str, object]:
    return {
        **making.defaults(type="STANDARD", kubernetesGroups=[], userName=making.get("principalArn")),
        "accessEntryArn": making.text("arn:aws:eks:{region}:{account}:access-entry/{clusterName}/{base:principalArn}/{pseudo-uuid}"),
        "createdAt": making.created("createdAt"),
        "modifiedAt": making.created("modifiedAt"),
    }


@makes("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
def access_policy(making: Making) -> dict[str, object]:
    return {"associatedAt": making.created("associatedAt"), "modifiedAt": making.created("modifiedAt")}


@makes("aws:eks/podIdentityAssociation:PodIdentityAssociation")
def pod_identity(making: Making) -> dict[str, object]:
    arn = making.text(making.identity.arn)
    return {"associationArn": arn, "associationId": making.id, "externalId": making.once("externalId", lambda: "")}
