"""Which resources policies can be asked about: the second adapter, beside the blueprint's in fleet.policies.blueprint."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from policies.pack import aws, gcp
from policies.pack.adapted import Adapted
from policies.pack.resource import Resource

ADAPTERS: Mapping[str, Callable[[Resource], Adapted]] = {
    "aws:ec2/vpc:Vpc": aws.network,
    "aws:eks/cluster:Cluster": aws.cluster,
    "aws:eks/nodeGroup:NodeGroup": aws.node_group,
    "aws:kms/key:Key": aws.key,
    "gcp:compute/network:Network": gcp.network,
    "gcp:container/cluster:Cluster": gcp.cluster,
    "gcp:container/nodePool:NodePool": gcp.node_pool,
    "gcp:kms/cryptoKey:CryptoKey": gcp.key,
}
"""Type token -> what reads such a resource."""

REGISTERED = "fleet:cluster:Registered"
"""A component of fleet's without a cloud's resource: what is known of it is in the blueprint."""


def is_judged(token: str) -> bool:
    """Whether policies can be asked about resources of a type."""
    return token in ADAPTERS or token == REGISTERED
