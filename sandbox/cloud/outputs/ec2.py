"""EC2 and VPC: networks, routing, addresses, endpoints, launch templates. Source: terraform-provider-aws internal/service/ec2/*."""

from __future__ import annotations

import hashlib
import ipaddress

from fleet.catalog.regions import regions
from sandbox.cloud.outputs.making import Making, makes
from sandbox.cloud.request import UNKNOWN, Unknown


@makes("aws:ec2/vpc:Vpc")
def vpc(making: Making) -> dict[str, object]:
    return {
        **making.defaults(instanceTenancy="default", enableDnsSupport=True, enableDnsHostnames=False),
        "defaultNetworkAclId": making.drawn("defaultNetworkAclId", "acl-#"),
        "defaultRouteTableId": making.drawn("defaultRouteTableId", "rtb-#"),
        "mainRouteTableId": making.drawn("defaultRouteTableId", "rtb-#"),
        "defaultSecurityGroupId": making.drawn("defaultSecurityGroupId", "sg-#"),
        "dhcpOptionsId": making.drawn("dhcpOptionsId", "dopt-#"),
    }


@makes("aws:ec2/subnet:Subnet")
def subnet(making: Making) -> dict[str, object]:
    zone, zone_id = _zones(making)
    return {"availabilityZone": zone, "availabilityZoneId": zone_id, **making.defaults(privateDnsHostnameTypeOnLaunch="ip-name")}


def _zones(making: Making) -> tuple[object, object]:
    """Name and id of the zone. Which letter an id has differs per account; here the catalogue's order gives it."""
    name, id = making.get("availabilityZone"), making.get("availabilityZoneId")
    region = str(making.place("region"))
    pairs = zone_names(region)
    if isinstance(id, str):
        return next((zone for zone, zone_id in pairs if zone_id == id), name or UNKNOWN if making.preview else ""), id
    if isinstance(name, str):
        return name, next((zone_id for zone, zone_id in pairs if zone == name), "")
    if isinstance(name, Unknown) or isinstance(id, Unknown):
        return UNKNOWN, UNKNOWN
    return pairs[0] if pairs else ("", "")


def zone_names(region: str) -> list[tuple[str, str]]:
    """(name, id) of each zone of an AWS region: ("eu-west-1a", "euw1-az1"); empty for a region that the catalogue does not know."""
    known = regions().get(region)
    return [(f"{region}{chr(ord('a') + index)}", zone) for index, zone in enumerate(known.zones)] if known else []


@makes("aws:ec2/eip:Eip")
def elastic_ip(making: Making) -> dict[str, object]:
    address = making.once("publicIp", lambda: _address(making, "198.18.0.0/15"))
    dns = address if isinstance(address, Unknown) else f"ec2-{str(address).replace('.', '-')}.compute.amazonaws.com"
    return {**making.defaults(domain="vpc"), "publicIp": address, "publicDns": dns, "allocationId": making.id, "publicIpv4Pool": "amazon"}


def _address(making: Making, pool: str) -> str:
    """An address of the pool (benchmark range, RFC 2544: routed nowhere) that belongs to this creation."""
    network = ipaddress.ip_network(pool)
    number = int.from_bytes(hashlib.sha256(f"{making.type}/{making.serial}".encode()).digest()[:4], "big")
    return str(network[number % (network.num_addresses - 2) + 1])


@makes("aws:ec2/natGateway:NatGateway")
def nat_gateway(making: Making) -> dict[str, object]:
    address = making.view.get("aws:ec2/eip:Eip", str(making.get("allocationId")))
    return {
        **making.defaults(connectivityType="public", availabilityMode="zonal"),
        "publicIp": making.once("publicIp", lambda: address.outputs.get("publicIp") if address else ""),
        "privateIp": making.once("privateIp", lambda: _first_free(making)),
        "networkInterfaceId": making.drawn("networkInterfaceId", "eni-#"),
        "associationId": making.drawn("associationId", "eipassoc-#"),
    }


def _first_free(making: Making) -> str:
    """An address in the gateway's subnet behind the four that AWS keeps for itself."""
    subnet = making.view.get("aws:ec2/subnet:Subnet", str(making.get("subnetId")))
    block = subnet.outputs.get("cidrBlock") if subnet else None
    return str(ipaddress.ip_network(block)[4]) if isinstance(block, str) else ""


@makes("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
def default_security_group(making: Making) -> dict[str, object]:
    return {**making.defaults(ingress=[], egress=[]), "name": "default", "description": "default VPC security group"}


@makes("aws:ec2/route:Route")
def route(making: Making) -> dict[str, object]:
    return {"origin": "CreateRoute", "state": "active"}


@makes("aws:ec2/securityGroup:SecurityGroup")
def security_group(making: Making) -> dict[str, object]:
    return {**making.defaults(ingress=[], egress=[], revokeRulesOnDelete=False, description="Managed by Pulumi")}


@makes("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
def security_group_rule(making: Making) -> dict[str, object]:
    return {"securityGroupRuleId": making.id}


@makes("aws:ec2/vpcEndpoint:VpcEndpoint")
def vpc_endpoint(making: Making) -> dict[str, object]:
    return {
        **making.defaults(vpcEndpointType="Gateway", privateDnsEnabled=False, ipAddressType="ipv4", routeTableIds=[], subnetIds=[]),
        "state": "available",
        "prefixListId": making.drawn("prefixListId", "pl-#"),
    }


@makes("aws:ec2/launchTemplate:LaunchTemplate")
def launch_template(making: Making) -> dict[str, object]:
    """Each change of content is a new version; whether it becomes the default is the caller's word."""
    latest: object = making.old.get("latestVersion", 1)
    if making.old and making.changed("defaultVersion", "updateDefaultVersion", "tags", "__defaults", "description"):
        latest = UNKNOWN if making.preview else int(str(latest)) + 1
    follows = making.get("updateDefaultVersion") is True
    default = latest if follows else making.inputs.get("defaultVersion", making.old.get("defaultVersion", 1))
    return {"latestVersion": latest, "defaultVersion": default}


@makes("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
def secondary_range(making: Making) -> dict[str, object]:
    return {**making.defaults(cidrBlock="")}
