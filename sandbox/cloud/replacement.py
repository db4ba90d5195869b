"""Which of the differences replace a resource: fleet's one replacement table, and here the conditions of its conditional rows.

A type outside the table replaces when its identity changes, or where its SDK documentation says so ("forces a new resource"): too
few, but never one that the cloud could change in place.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from fleet.catalog.replacements import Replacement, replacement
from sandbox.cloud import sdk
from sandbox.cloud.differences import Difference
from sandbox.cloud.identity import names_in
from sandbox.cloud.naming import name_property, was_generated
from sandbox.cloud.request import Caller, Unknown

Inputs = Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """What a condition may look at: one difference, the whole old and new inputs, and the provider's caller."""

    difference: Difference
    old: Inputs
    new: Inputs
    caller: Caller


Condition = Callable[[Change], bool]


def counts(type: str, difference: Difference) -> bool:
    """Whether a difference is one at all: where "removal is no diff" leaving a property out silently keeps the old value."""
    rule = _rule(type, difference.names)
    return difference.change != "delete" or rule is None or rule.removal_is_diff


def survives_removal(type: str, name: str) -> bool:
    """Whether a top-level property that the program leaves out from now on keeps its old value in the cloud."""
    rule = _rule(type, name)
    return rule is not None and not rule.removal_is_diff


def replaces(type: str, change: Change) -> bool:
    """Whether this difference makes a new resource. Raises sdk.UnknownType."""
    names = change.difference.names
    if type not in replacement():
        return names in names_in(type) or _documented(type, names)
    rule = _rule(type, names)
    if rule is None:
        return False
    if rule.on_change == "conditional":
        return _conditional(type, change, rule)
    return rule.on_change == "replace" or (change.difference.change == "delete" and _loses_fixed_child(type, change.difference))


def delete_first(type: str, new: Inputs) -> bool:
    """The bridge deletes before it creates where the program gave the name itself (nameRequiresDeleteBeforeReplace in its schema.go)."""
    named = name_property(type)
    return bool(named) and named in new and "__defaults" in new and not was_generated(new, named)


def _rule(type: str, names: str) -> Replacement | None:
    """The row of the property, else of the nearest object or map around it."""
    rows = replacement().get(type, {})
    while names:
        if names in rows:
            return rows[names]
        names = names.rpartition(".")[0]
    return None


def _loses_fixed_child(type: str, difference: Difference) -> bool:
    """A force-new child of an object that disappears replaces too, unless its own removal is no diff."""
    if not isinstance(difference.old, Mapping):
        return False
    rows = replacement()[type]
    children = [rows.get(f"{difference.names}.{key}") for key in difference.old]
    return any(row is not None and row.on_change == "replace" and row.removal_is_diff for row in children)


@cache
def _documented(type: str, names: str) -> bool:
    declared: Mapping[str, sdk.Property] = sdk.declaration(type).inputs
    for step in names.split("."):
        found = declared.get(step)
        if found is None:
            return False
        if found.replaces:
            return True
        shape = found.shape.of[0] if found.shape.kind == "array" else found.shape
        declared = sdk.object_inputs(shape.object) if shape.object else {}
    return False


def _conditional(type: str, change: Change, rule: Replacement) -> bool:
    names = change.difference.names
    condition = CONDITIONS.get((type, names)) or CONDITIONS.get(("", names))
    if condition is not None:
        return condition(change)
    kind = change.difference.change
    if "adding or removing the block replaces" in rule.condition:
        return kind != "update"
    if "adding the block replaces" in rule.condition:
        return kind == "add"
    return kind == "delete" and _loses_fixed_child(type, change.difference)


def _region_moves(change: Change) -> bool:
    return (change.difference.old or change.caller.region) != (change.difference.new or change.caller.region)


def _removed(change: Change) -> bool:
    return change.difference.change == "delete"


def _turned_off(change: Change) -> bool:
    return change.difference.old is True and change.difference.new is not True


def _set_to_another(change: Change) -> bool:
    return change.difference.change == "update"


def _tenancy(change: Change) -> bool:
    return not (change.difference.old == "dedicated" and change.difference.new in (None, "default"))


def _other_template(change: Change) -> bool:
    """First adding a launch template replaces the group; taking it away does not (facts on eks/node_group.go)."""
    return change.difference.change == "add"


def _not_interface(change: Change) -> bool:
    return change.new.get("vpcEndpointType") != "Interface"


def _autopilot(change: Change) -> bool:
    return change.new.get("enableAutopilot") is True


def _set_or_emptied(change: Change) -> bool:
    return bool(change.difference.old) != bool(change.difference.new)


def _an_api_leaves(change: Change) -> bool:
    """A changed position of the list stands for the whole of it."""
    return not _nested_set(change.old, "enableK8sBetaApis", "enabledApis") <= _nested_set(change.new, "enableK8sBetaApis", "enabledApis")


def _nested_set(inputs: Inputs, outer: str, inner: str) -> set[object]:
    holder = inputs.get(outer)
    values = holder.get(inner) if isinstance(holder, Mapping) else None
    return set(values) if isinstance(values, list) else set()


def _not_grown(change: Change) -> bool:
    """A subnetwork's range may only grow around what it is (resource_compute_subnetwork.go, isShrinkageIpCidr)."""
    old, new = change.difference.old, change.difference.new
    if isinstance(new, Unknown) or not isinstance(old, str) or not isinstance(new, str):
        return True
    try:
        return not ipaddress.ip_network(old).subnet_of(ipaddress.ip_network(new))  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return True


def _other_source_kind(change: Change) -> bool:
    """A rule's source may change its value, not its kind (address range, prefix list, group)."""
    return change.difference.change != "update"


def _was_assigned(change: Change) -> bool:
    return change.old.get("assignIpv6AddressOnCreation") is True


def _egress_back(change: Change) -> bool:
    return change.difference.old == "CUSTOMER_ROUTED" and change.difference.new in (None, "AWS_MANAGED")


def _added_or_changed(change: Change) -> bool:
    return change.difference.change != "delete"


_EKS, _GKE = "aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"
_RULES = ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
CONDITIONS: Mapping[tuple[str, str], Condition] = {
    ("", "region"): _region_moves,
    (_EKS, "computeConfig.nodeRoleArn"): _set_to_another,
    (_EKS, "encryptionConfig"): _removed,
    (_EKS, "vpcConfig.controlPlaneEgressMode"): _egress_back,
    ("aws:eks/nodeGroup:NodeGroup", "launchTemplate"): _other_template,
    (_GKE, "dnsConfig.additiveVpcScopeDnsDomain"): _autopilot,
    (_GKE, "enableFqdnNetworkPolicy"): _turned_off,
    (_GKE, "enableL4IlbSubsetting"): _turned_off,
    (_GKE, "enableK8sBetaApis"): _an_api_leaves,
    (_GKE, "enableK8sBetaApis.enabledApis"): _an_api_leaves,
    ("aws:ec2/vpc:Vpc", "instanceTenancy"): _tenancy,
    ("aws:ec2/subnet:Subnet", "ipv6CidrBlock"): _was_assigned,
    ("aws:ec2/natGateway:NatGateway", "availabilityZoneAddresses"): _set_or_emptied,
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "privateDnsEnabled"): _not_interface,
    ("aws:ec2/flowLog:FlowLog", "destinationOptions"): _added_or_changed,
    ("gcp:compute/subnetwork:Subnetwork", "ipCidrRange"): _not_grown,
    **{(rule, source): _other_source_kind for rule in _RULES for source in _SOURCES},
}
