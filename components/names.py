"""How resources are named and marked: logical names, the tags and labels everything carries, and the mark that finds one again.

A mark is `<stack>/<logical name>/<type token>`: unique in a cloud account, so that what a killed update left behind can be looked up. AWS
resources carry it as the tag `fleet:resource`; GCP resources carry its digest as the label `fleet-resource` where their type has labels,
and the mark itself as their description where it has not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pulumi

from fleet.blueprint.model import AnyCluster, Network

MANAGED_BY = "fleet"


@dataclass(frozen=True)
class Origin:
    """Which fleet, environment and stack a resource belongs to."""

    fleet: str
    environment: str
    stack: str


@dataclass(frozen=True)
class Owner:
    """A component and what its resources have in common. name: its logical name, the prefix of theirs; extra: the user's tags or labels."""

    component: pulumi.ComponentResource
    name: str
    origin: Origin
    extra: Mapping[str, str]

    def logical(self, *parts: str) -> str:
        """The logical name of a part of this component; a component's name leads, as URNs hold only the type of a parent."""
        return "-".join((self.name, *parts))

    def physical(self, logical_name: str, limit: int) -> str:
        """A name in the cloud for the resource of this logical name, of at most `limit` characters, the same at every try.

        The providers' generated names refuse long logical names and differ at every try, so that a killed creation would be made twice;
        this one makes the second try fail on the first one's name. Its digest keeps fleets that share an account apart.
        """
        identity = f"{self.origin.fleet}/{self.origin.stack}/{logical_name}"
        return f"{logical_name[: limit - 9].rstrip('-')}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"

    def options(self, **options: Any) -> pulumi.ResourceOptions:
        """Resource options with the component as parent; provider and protection are inherited from it."""
        return pulumi.ResourceOptions(parent=self.component, **options)

    def shared_tags(self, name: str) -> dict[str, str]:
        """AWS tags of things that a resource makes in turn (instances, volumes): all but the mark, which names one resource."""
        own = {"Name": name, "fleet": self.origin.fleet, "environment": self.origin.environment, "managed-by": MANAGED_BY}
        return {**self.extra, **own}

    def tags(self, kind: type[pulumi.CustomResource], name: str, **more: str) -> dict[str, str]:
        """AWS tags of the resource of this kind and logical name; at most 50, keys 1-128 characters, values up to 256."""
        return {**self.shared_tags(name), **more, "fleet:resource": self.mark(kind, name)}

    def labels(self, kind: type[pulumi.CustomResource], name: str) -> dict[str, str]:
        """GCP labels of the resource of this kind and logical name, in the labels' character set."""
        own = {"fleet": self.origin.fleet, "environment": self.origin.environment, "managed-by": MANAGED_BY}
        digest = hashlib.sha256(self.mark(kind, name).encode()).hexdigest()[:32]
        return {**self.extra, **{key: label_value(value) for key, value in own.items()}, "fleet-resource": digest}

    def mark(self, kind: type[pulumi.CustomResource], name: str) -> str:
        return mark(self.origin.stack, name, type_token(kind))


def by_identity(network: Network, clusters: Iterable[AnyCluster]) -> Network:
    """The network with each slot under what its cluster's resources are named by: a renamed cluster keeps its first name there."""
    identities = {cluster.name: cluster.identity for cluster in clusters}
    slots = tuple(msgspec.structs.replace(slot, cluster=identities.get(slot.cluster, slot.cluster)) for slot in network.slots)
    return msgspec.structs.replace(network, slots=slots)


def mark(stack: str, logical_name: str, token: str) -> str:
    """The unique mark of a resource: `<stack>/<logical name>/<type token>`."""
    return f"{stack}/{logical_name}/{token}"


def type_token(kind: type[pulumi.CustomResource]) -> str:
    """A resource class's type token as `aws:eks/cluster:Cluster`."""
    return str(getattr(kind, "pulumi_type"))  # noqa: B009 (set by the SDKs' decorator, unknown to type checkers)


def label_value(text: str) -> str:
    """Text as a GCP label value: lower-case letters, digits, `-` and `_`, at most 63 (Compute discovery document, 2026-11)."""
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())[:63]


def node_tag(cluster: str) -> str:
    """The network tag of a GKE cluster's nodes, which firewall rules aim at: a name of at most 63 characters."""
    return f"fleet-{cluster}"[:63].rstrip("-")


def service_account_id(cluster: str) -> str:
    """The account id of a GKE cluster's nodes: 6-30 characters (IAM discovery document, 2026-11), so a digest keeps long names apart."""
    return f"{cluster[:21].rstrip('-')}-{hashlib.sha256(cluster.encode()).hexdigest()[:8]}"
