"""The facts of AWS resources. What is left out counts as AWS has it (EKS, EC2 and KMS API references, 2026-09)."""

from __future__ import annotations

from typing import Any

from fleet.policies.subject import is_unknown, unknown
from policies.pack.adapted import Adapted
from policies.pack.reading import at, each, given_tags
from policies.pack.resource import Resource

_KEY = "aws:kms/key:Key"
_SUBNET = "aws:ec2/subnet:Subnet"
_ANYWHERE = ["0.0.0.0/0"]
_ROTATION_DAYS = 365
"""KMS rotates once a year where no period is given."""


def cluster(resource: Resource) -> Adapted:
    """An EKS cluster: its endpoint is public unless switched off, and open to all unless limited."""
    inputs = resource.inputs
    public = at(inputs, "vpcConfig", "endpointPublicAccess", default=True)
    ranges = at(inputs, "vpcConfig", "publicAccessCidrs", default=_ANYWHERE)
    return Adapted(
        "cluster",
        _region(resource),
        {
            "zones": _zones(resource, "vpcConfig"),
            "endpoint.public": public,
            "endpoint.publicRanges": public if is_unknown(public) else ranges if public else [],
            "encryption.secretsKey": _secrets_key(resource),
            "deletionProtection": at(inputs, "deletionProtection", default=False),
            "kubernetes": at(inputs, "version", default=unknown("no version is given, so EKS takes its newest")),
            "tags": given_tags(at(inputs, "tags", default={})),
        },
    )


def key(resource: Resource) -> Adapted:
    enabled = at(resource.inputs, "enableKeyRotation", default=False)
    days = at(resource.inputs, "rotationPeriodInDays", default=_ROTATION_DAYS)
    return Adapted("key", _region(resource), {"rotation.enabled": enabled, "rotation.days": days if enabled else unknown("it is off")})


def network(resource: Resource) -> Adapted:
    return Adapted("network", _region(resource), {})


def node_group(resource: Resource) -> Adapted:
    capacity = at(resource.inputs, "capacityType", default="ON_DEMAND")
    facts = {
        "zones": _zones(resource, "subnetIds"),
        "capacity": capacity if is_unknown(capacity) else capacity.lower().replace("_", "-"),
        "instanceTypes": at(resource.inputs, "instanceTypes", default=unknown("its launch template names them")),
    }
    return Adapted("nodePool", _region(resource), facts)


def _region(resource: Resource) -> Any:
    return at(resource.inputs, "region") or at(resource.provider, "region", default=unknown("its provider names no region"))


def _secrets_key(resource: Resource) -> Any:
    """Whether a key of this stack encrypts the Secrets. The key's id alone does not say whose it is, or whether it is rotated."""
    encrypts = at(resource.inputs, "encryptionConfig", "resources", default=[])
    if is_unknown(encrypts):
        return encrypts
    if "secrets" not in encrypts:
        return False
    if resource.links is None:
        return unknown("whose key it is shows with the whole stack")
    own = [other for other in resource.links.get("encryptionConfig", []) if other.type == _KEY]
    return True if own else unknown("its key is not in this stack")


def _zones(resource: Resource, property: str) -> Any:
    """The zones of the subnets that a property comes from."""
    if resource.links is None:
        return unknown("the zones of its subnets show with the whole stack")
    subnets = [other for other in resource.links.get(property, []) if other.type == _SUBNET]
    if not subnets:
        return unknown("its subnets are not in this stack")
    zones = each([subnet.inputs for subnet in subnets], "availabilityZoneId")
    return sorted(zones) if all(isinstance(zone, str) for zone in zones) else unknown("a subnet of its names no zone id")
