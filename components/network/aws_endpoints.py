"""Private ways to AWS's own services: S3 by route, the others by interfaces in a subnet of their own in each zone."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

from components.names import Owner
from components.network.aws_subnets import Tables, private_subnet
from fleet.blueprint.model import AwsNetwork, AwsSubnet


def build(owner: Owner, network: AwsNetwork, vpc: aws.ec2.Vpc, tables: Tables) -> None:
    _s3(owner, network, vpc, tables)
    if not network.interface_endpoints:
        return
    admitted = _security_group(owner, network, vpc)
    subnets = {zone.zone: _subnet(owner, zone.zone, zone.endpoints_cidr, vpc, tables) for zone in network.zones}
    for service in network.interface_endpoints:
        _interface(owner, network, vpc, service, subnets, admitted)


def _s3(owner: Owner, network: AwsNetwork, vpc: aws.ec2.Vpc, tables: Tables) -> None:
    name = owner.logical("s3")
    aws.ec2.VpcEndpoint(
        name,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{network.region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables.values()],
        tags=owner.tags(aws.ec2.VpcEndpoint, name),
        opts=owner.options(),
    )


def _subnet(owner: Owner, zone: str, cidr: str, vpc: aws.ec2.Vpc, tables: Tables) -> aws.ec2.Subnet:
    return private_subnet(owner, owner.logical("endpoints", zone), AwsSubnet(zone=zone, cidr=cidr), vpc, tables, {})


def _security_group(owner: Owner, network: AwsNetwork, vpc: aws.ec2.Vpc) -> aws.ec2.SecurityGroup:
    """HTTPS from the VPC's own ranges, and nothing else: pods come with their own addresses."""
    name = owner.logical("endpoints")
    group = aws.ec2.SecurityGroup(
        name,
        vpc_id=vpc.id,
        description="HTTPS from inside the network",
        tags=owner.tags(aws.ec2.SecurityGroup, name),
        opts=owner.options(),
    )
    ranges = {"network": network.cidr, **{slot.cluster: slot.pods_cidr for slot in network.slots}}
    for source, cidr in ranges.items():
        admit_https(owner, group, owner.logical("endpoints", source), cidr)
    return group


def admit_https(owner: Owner, group: aws.ec2.SecurityGroup, name: str, cidr: str) -> None:
    """Let a range reach port 443 of what carries the group."""
    aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=group.id,
        description="HTTPS from inside the network",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=cidr,
        tags=owner.tags(aws.vpc.SecurityGroupIngressRule, name),
        opts=owner.options(),
    )


def _interface(
    owner: Owner,
    network: AwsNetwork,
    vpc: aws.ec2.Vpc,
    service: str,
    subnets: Mapping[str, aws.ec2.Subnet],
    admitted: aws.ec2.SecurityGroup,
) -> None:
    """service: its short name as `ecr.api`. Private DNS makes every client in the VPC use it without being told."""
    name = owner.logical("endpoint", service)
    aws.ec2.VpcEndpoint(
        name,
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{network.region}.{service}",
        vpc_endpoint_type="Interface",
        subnet_ids=[subnet.id for subnet in subnets.values()],
        security_group_ids=[admitted.id],
        private_dns_enabled=True,
        tags=owner.tags(aws.ec2.VpcEndpoint, name),
        opts=owner.options(),
    )
