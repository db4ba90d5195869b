"""How an AWS network reaches out: an internet gateway, NAT gateways as the blueprint places them, and a private route table per zone."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws

from components.names import Owner
from fleet.blueprint.model import AwsNetwork, AwsZone

PUBLIC_LOAD_BALANCERS = {"kubernetes.io/role/elb": "1"}
ANYWHERE = "0.0.0.0/0"


def build(owner: Owner, network: AwsNetwork, vpc: aws.ec2.Vpc) -> Mapping[str, aws.ec2.RouteTable]:
    """The private route table of each zone. A zone without a NAT gateway of its own leaves by the first zone that has one."""
    gateway = _internet_gateway(owner, vpc)
    public = _public_table(owner, vpc, gateway)
    subnets = {zone.zone: _public_subnet(owner, zone, vpc, public) for zone in network.zones}
    nats = {zone.zone: _nat(owner, zone, subnets[zone.zone], gateway) for zone in network.zones if zone.nat}
    shared = next(iter(nats.values()), None)
    return {zone.zone: _private_table(owner, zone, vpc, nats.get(zone.zone, shared)) for zone in network.zones}


def _internet_gateway(owner: Owner, vpc: aws.ec2.Vpc) -> aws.ec2.InternetGateway:
    tags = owner.tags(aws.ec2.InternetGateway, owner.name)
    return aws.ec2.InternetGateway(owner.name, vpc_id=vpc.id, tags=tags, opts=owner.options())


def _public_table(owner: Owner, vpc: aws.ec2.Vpc, gateway: aws.ec2.InternetGateway) -> aws.ec2.RouteTable:
    table = _table(owner, owner.logical("public"), vpc)
    aws.ec2.Route(
        owner.logical("public"), route_table_id=table.id, destination_cidr_block=ANYWHERE, gateway_id=gateway.id, opts=owner.options()
    )
    return table


def _public_subnet(owner: Owner, zone: AwsZone, vpc: aws.ec2.Vpc, table: aws.ec2.RouteTable) -> aws.ec2.Subnet:
    """For NAT gateways and public load balancers only: nothing launched here gets a public address by itself."""
    name = owner.logical("public", zone.zone)
    subnet = aws.ec2.Subnet(
        name,
        vpc_id=vpc.id,
        cidr_block=zone.public_cidr,
        availability_zone_id=zone.zone,
        map_public_ip_on_launch=False,
        tags={**owner.tags(aws.ec2.Subnet, name), **PUBLIC_LOAD_BALANCERS},
        opts=owner.options(),
    )
    aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=owner.options())
    return subnet


def _nat(owner: Owner, zone: AwsZone, subnet: aws.ec2.Subnet, gateway: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
    name = owner.logical("nat", zone.zone)
    after = owner.options(depends_on=[gateway])
    address = aws.ec2.Eip(name, domain="vpc", tags=owner.tags(aws.ec2.Eip, name), opts=after)
    return aws.ec2.NatGateway(
        name,
        allocation_id=address.allocation_id,
        connectivity_type="public",
        subnet_id=subnet.id,
        tags=owner.tags(aws.ec2.NatGateway, name),
        opts=owner.options(depends_on=[gateway]),
    )


def _private_table(owner: Owner, zone: AwsZone, vpc: aws.ec2.Vpc, nat: aws.ec2.NatGateway | None) -> aws.ec2.RouteTable:
    name = owner.logical("private", zone.zone)
    table = _table(owner, name, vpc)
    if nat is not None:
        aws.ec2.Route(name, route_table_id=table.id, destination_cidr_block=ANYWHERE, nat_gateway_id=nat.id, opts=owner.options())
    return table


def _table(owner: Owner, name: str, vpc: aws.ec2.Vpc) -> aws.ec2.RouteTable:
    return aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=owner.tags(aws.ec2.RouteTable, name), opts=owner.options())
