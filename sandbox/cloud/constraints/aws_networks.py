"""AWS networks as the store holds them: a VPC's ranges, a subnet's zone and range."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from fleet.catalog import Region
from sandbox.cloud.constraints.networks import known
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.request import Stored
from sandbox.cloud.store import StoreView


def ranges(store: StoreView, vpc: Stored) -> tuple[IPv4Network, ...]:
    """A VPC's ranges, the primary one first."""
    more = store.find("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", vpcId=vpc.id)
    return known([text(holds(vpc), "cidrBlock"), *(text(holds(each), "cidrBlock") for each in more)])


def subnets(store: StoreView, ids: Sequence[str]) -> tuple[Stored, ...]:
    """The subnets with these ids that there are."""
    return tuple(found for each in ids if (found := store.get("aws:ec2/subnet:Subnet", each)) is not None)


def zone(subnet: Stored, region: Region | None) -> str:
    """A subnet's zone id, as `euw1-az1`; its zone's name where the region is not in the catalogue."""
    held = holds(subnet)
    return text(held, "availabilityZoneId") or zone_id(text(held, "availabilityZone"), region)


def zone_id(name: str, region: Region | None) -> str:
    """The id of a zone by its name: `a` is the first zone of the region, as the simulated account maps them."""
    names = zone_names(region)
    return region.zones[names.index(name)] if region is not None and name in names else name


def zone_names(region: Region | None) -> tuple[str, ...]:
    """The zone names of a region, as `eu-west-1a`, in the order of its zone ids."""
    return tuple(f"{region.name}{chr(ord('a') + index)}" for index in range(len(region.zones))) if region is not None else ()


def vpc_of(subnet: Stored) -> str:
    """The id of the VPC that a subnet is in."""
    return text(holds(subnet), "vpcId")
