"""A VPC endpoint is of its region's service and of one VPC, with a subnet per zone, and private DNS once, where names resolve.

Rule: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html (2026).
Error: InvalidServiceName, DuplicateSubnetsInSameZone, InvalidParameter: EC2 error code reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.aws_networks import subnets, vpc_of, zone
from sandbox.cloud.constraints.reading import flag, holds, region, text, texts
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/vpcEndpoint:VpcEndpoint",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

SERVICE: Final = Fault("ec2", "CreateVpcEndpoint", "InvalidServiceName")
SAME_ZONE: Final = Fault("ec2", "CreateVpcEndpoint", "DuplicateSubnetsInSameZone")
PARAMETER: Final = Fault("ec2", "CreateVpcEndpoint", "InvalidParameter")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    yield from _service(request)
    yield from _places(request, store)
    if request.phase == "create":
        yield from _names(request, store)


def _service(request: Request) -> Iterator[Refusal]:
    service = text(request.inputs, "serviceName")
    here = text(request.inputs, "serviceRegion") or region(request)
    if (
        service.startswith("com.amazonaws.")
        and here
        and not service.startswith((f"com.amazonaws.{here}.", "com.amazonaws.vpce.", "com.amazonaws.s3-global"))
    ):
        yield SERVICE.refusal("serviceName", f"The Vpc Endpoint Service '{service}' does not exist")


def _places(request: Request, store: StoreView) -> Iterator[Refusal]:
    home = text(request.inputs, "vpcId")
    found = subnets(store, texts(request.inputs, "subnetIds"))
    zones = [zone(subnet, catalogue.region("aws", region(request))) for subnet in found]
    twice = next((each for each in zones if each and zones.count(each) > 1), None)
    if twice:
        yield SAME_ZONE.refusal("subnetIds", f"Found another VPC endpoint subnet in the availability zone of {twice}: one subnet per zone")
    for property, type in (
        ("subnetIds", "aws:ec2/subnet:Subnet"),
        ("securityGroupIds", "aws:ec2/securityGroup:SecurityGroup"),
        ("routeTableIds", "aws:ec2/routeTable:RouteTable"),
    ):
        for each in texts(request.inputs, property):
            held = store.get(type, each)
            if home and held is not None and vpc_of(held) != home:
                yield PARAMETER.refusal(property, f"{each} does not belong to VPC {home}")


def _names(request: Request, store: StoreView) -> Iterator[Refusal]:
    service, home = text(request.inputs, "serviceName"), text(request.inputs, "vpcId")
    if not flag(request.inputs, "privateDnsEnabled", default=False):
        return
    vpc = store.get("aws:ec2/vpc:Vpc", home)
    if vpc is not None and not _resolves(holds(vpc)):
        need = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true"
        yield PARAMETER.refusal("privateDnsEnabled", f"{need} for {home}")
    for other in store.find("aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=home, serviceName=service):
        if flag(holds(other), "privateDnsEnabled", default=False):
            reason = f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service} in the VPC {home}"
            yield PARAMETER.refusal("privateDnsEnabled", reason)
            return


def _resolves(vpc: Mapping[str, object]) -> bool:
    return flag(vpc, "enableDnsSupport", default=True) and flag(vpc, "enableDnsHostnames", default=False)
