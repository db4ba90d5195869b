"""The subnets of an AWS network that have no public addresses: a cluster's slot, and single ones."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Owner
from fleet.blueprint.model import AwsSlot, AwsSubnet

INTERNAL_LOAD_BALANCERS = {"kubernetes.io/role/internal-elb": "1"}
Tables = Mapping[str, aws.ec2.RouteTable]


@dataclass(frozen=True)
class Slot:
    """The subnets of one cluster, by zone id."""

    control_plane: Mapping[str, aws.ec2.Subnet]
    nodes: Mapping[str, aws.ec2.Subnet]
    pods: Mapping[str, aws.ec2.Subnet]


def build_slot(owner: Owner, slot: AwsSlot, vpc: aws.ec2.Vpc, tables: Tables) -> Slot:
    """One cluster's subnets. Pods lie in a secondary range of the VPC, half of it kept in one piece for the VPC CNI's prefixes."""
    pods_range = aws.ec2.VpcIpv4CidrBlockAssociation(
        owner.logical(slot.cluster, "pods"), vpc_id=vpc.id, cidr_block=slot.pods_cidr, opts=owner.options()
    )

    def subnets(role: str, wanted: Sequence[AwsSubnet], tags: Mapping[str, str], *after: pulumi.Resource) -> dict[str, aws.ec2.Subnet]:
        return {
            subnet.zone: private_subnet(owner, owner.logical(slot.cluster, role, subnet.zone), subnet, vpc, tables, tags, after)
            for subnet in wanted
        }

    made = Slot(
        control_plane=subnets("control-plane", slot.control_plane_subnets, {}),
        nodes=subnets("nodes", slot.node_subnets, INTERNAL_LOAD_BALANCERS),
        pods=subnets("pods", slot.pod_subnets, {}, pods_range),
    )
    for subnet in slot.pod_subnets:
        _reserve_prefixes(owner, owner.logical(slot.cluster, "pods", subnet.zone), subnet, made.pods[subnet.zone])
    return made


def private_subnet(
    owner: Owner,
    name: str,
    subnet: AwsSubnet,
    vpc: aws.ec2.Vpc,
    tables: Tables,
    tags: Mapping[str, str],
    after: Sequence[pulumi.Resource] = (),
) -> aws.ec2.Subnet:
    """A subnet whose interfaces never get a public address, routed by its zone's own table."""
    made = aws.ec2.Subnet(
        name,
        vpc_id=vpc.id,
        cidr_block=subnet.cidr,
        availability_zone_id=subnet.zone,
        map_public_ip_on_launch=False,
        tags={**owner.tags(aws.ec2.Subnet, name), **tags},
        opts=owner.options(depends_on=list(after)),
    )
    aws.ec2.RouteTableAssociation(name, subnet_id=made.id, route_table_id=tables[subnet.zone].id, opts=owner.options())
    return made


def _reserve_prefixes(owner: Owner, name: str, subnet: AwsSubnet, made: aws.ec2.Subnet) -> None:
    """Keep the upper half whole for /28 prefixes, away from single addresses (EKS best practices, prefix mode, 2026-06)."""
    upper = list(ipaddress.ip_network(subnet.cidr).subnets(prefixlen_diff=1))[1]
    aws.ec2.SubnetCidrReservation(
        name,
        subnet_id=made.id,
        cidr_block=str(upper),
        reservation_type="prefix",
        description="Prefixes for pods",
        opts=owner.options(),
    )
