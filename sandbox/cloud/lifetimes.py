"""What goes with a resource when its cloud deletes it, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.cloud.database import Store
from sandbox.cloud.identity import identity
from sandbox.cloud.request import Stored


@dataclass(frozen=True)
class Part:
    """Resources of `type` live inside another: their `property` is its `of`."""

    type: str
    property: str
    of: str


_EKS_PARTS = tuple(
    Part(type, "clusterName", "name")
    for type in (
        "aws:eks/addon:Addon",
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "aws:eks/identityProviderConfig:IdentityProviderConfig",
    )
)
# Sources: EKS DeleteCluster (refused while node groups or Fargate profiles exist, the rest goes); container.v1 clusters.delete;
# EC2 DeleteRouteTable, DeleteSecurityGroup; IAM DeleteRole (inline policies block it, the provider removes them only when told).
PARTS: dict[str, tuple[Part, ...]] = {
    "aws:eks/cluster:Cluster": _EKS_PARTS,
    "aws:eks/accessEntry:AccessEntry": (),
    "gcp:container/cluster:Cluster": (Part("gcp:container/nodePool:NodePool", "cluster", "name"),),
    "gcp:compute/router:Router": (Part("gcp:compute/routerNat:RouterNat", "router", "name"),),
    "aws:ec2/routeTable:RouteTable": (Part("aws:ec2/route:Route", "routeTableId", "id"),),
    "aws:ec2/securityGroup:SecurityGroup": (
        Part("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "securityGroupId", "id"),
        Part("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "securityGroupId", "id"),
    ),
}


def delete(store: Store, stored: Stored) -> None:
    """Delete a resource with what lives inside it; what its cloud never deletes stays, marked. Raises database.NotThere.

    A resource that its provider was told to leave (`skipDestroy`, deletion policy ABANDON) is only forgotten by the engine.
    """
    if stored.outputs.get("skipDestroy") is True or stored.outputs.get("deletionPolicy") == "ABANDON":
        return
    with store.transaction():
        for part in list(_inside(store, stored)):
            delete(store, part)
        kept = identity(stored.type).kept
        if kept:
            store.update(replace(stored, kept=kept))
        else:
            store.delete(stored)


def is_gone(stored: Stored) -> bool:
    """Whether a read says "not found": a key that waits for its deletion does, a key ring that can never go does not."""
    return stored.kept == "PENDING_DELETION"


def _inside(store: Store, stored: Stored) -> Iterator[Stored]:
    for part in PARTS.get(stored.type, ()):
        key = stored.id if part.of == "id" else stored.outputs.get(part.of)
        for other in store.all(part.type):
            same_place = other.caller.account == stored.caller.account and other.caller.region == stored.caller.region
            if same_place and _refers(other.outputs.get(part.property), key, stored.id):
                yield other


def _refers(value: object, key: object, id: str) -> bool:
    return value in (key, id) or (isinstance(value, str) and value.endswith(f"/{id}"))
