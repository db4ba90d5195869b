"""A case as a blueprint, and as what the components register for it: the two forms in which the gates meet it.

The components run under Pulumi's mocks on the blueprint of the case; what no blueprint can say is then written into their resources.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

import msgspec
from pulumi_policy import PolicyProviderResource, PolicyResource
from pulumi_policy.policy import PolicyCustomTimeouts, PolicyResourceOptions
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from components import rehearsal
from fleet.blueprint.json import decode, encode
from fleet.blueprint.model import AwsSubnet, Endpoint, Stack
from fleet.policies.subject import is_unknown
from tests.components import samples
from tests.policies.cases import Case

CLUSTER = {"aws": "aws:eks/cluster:Cluster", "gcp": "gcp:container/cluster:Cluster"}
POOL = {"aws": "aws:eks/nodeGroup:NodeGroup", "gcp": "gcp:container/nodePool:NodePool"}
KEY = {"aws": "aws:kms/key:Key", "gcp": "gcp:kms/cryptoKey:CryptoKey"}
NETWORK = {"aws": "aws:ec2/vpc:Vpc", "gcp": "gcp:compute/network:Network"}
TYPES = {"cluster": CLUSTER, "nodePool": POOL, "key": KEY, "network": NETWORK}
OUTSIDE = "203.0.113.0/24"


class Inexpressible(Exception):
    """No blueprint can say this; only a resource can."""


# --- the blueprint --------------------------------------------------------------------------------------------------------------------


def blueprint(case: Case) -> Stack:
    """The case as a blueprint. Raises Inexpressible."""
    made = owner_stack(case)
    for fact, value in case.given.facts.items():
        made = _told(made, case, fact, value)
    return made


def owner_stack(case: Case) -> Stack:
    """The sample stack in the environment, region and jurisdiction of the case, built anew from its text."""
    given = case.given
    sample = samples.stack(case.cloud)
    place = sample.clusters[0]
    replace = msgspec.structs.replace
    where = {"region": given.region or place.region, "jurisdiction": given.jurisdiction or place.jurisdiction}
    shared = {"environment": given.environment, "protect": given.protected}
    protected = given.protected and not given.retiring
    return replace(
        sample,
        **shared,
        networks=tuple(replace(network, **where, **shared) for network in sample.networks),
        clusters=tuple(replace(cluster, **where, **{**shared, "protect": protected}) for cluster in sample.clusters),
    )


def _told(stack: Stack, case: Case, fact: str, value: Any) -> Stack:
    if is_unknown(value):
        raise Inexpressible(fact)
    cluster: Any = stack.clusters[0]
    if fact in _ALWAYS:
        if _ALWAYS[fact](case, stack) != value:
            raise Inexpressible(fact)
        return stack
    if fact == "endpoint.public":
        return _with_cluster(stack, endpoint=Endpoint(public_cidrs=(OUTSIDE,) if value else ()))
    if fact == "zones":
        return _with_zones(stack, case, tuple(value))
    if fact == "kubernetes":
        return _with_cluster(stack, kubernetes=value)
    if fact == "tags" and case.given.kind == "cluster":
        return _with_cluster(stack, **{"tags" if case.cloud == "aws" else "labels": value})
    if fact == "capacity":
        pools = tuple(msgspec.structs.replace(pool, capacity=value) for pool in cluster.node_pools)
        return _with_cluster(stack, node_pools=pools)
    raise Inexpressible(fact)


_ALWAYS: Mapping[str, Callable[[Case, Stack], object]] = {
    "deletionProtection": lambda case, stack: stack.clusters[0].protect,
    "encryption.secretsKey": lambda case, stack: True,
    "rotation.enabled": lambda case, stack: True,
    "rotation.days": lambda case, stack: 365 if case.cloud == "aws" else 90,
}


def _with_cluster(stack: Stack, **fields: Any) -> Stack:
    return msgspec.structs.replace(stack, clusters=(msgspec.structs.replace(stack.clusters[0], **fields),))


def _with_zones(stack: Stack, case: Case, zones: tuple[str, ...]) -> Stack:
    """The cluster in these zones; on AWS its control plane's subnets too."""
    moved = _with_cluster(stack, zones=zones)
    if case.cloud == "gcp":
        return moved
    network: Any = stack.networks[0]
    slot = network.slots[0]
    subnets = tuple(AwsSubnet(zone=zone, cidr=f"10.0.19.{index * 16}/28") for index, zone in enumerate(zones))
    slots = (msgspec.structs.replace(slot, control_plane_subnets=subnets),)
    return msgspec.structs.replace(moved, networks=(msgspec.structs.replace(network, slots=slots),))


# --- the resources --------------------------------------------------------------------------------------------------------------------


@dataclass
class Registered:
    """One registration, open to changes. inputs hold the SDK's own marks of unknown values; links: property -> URNs it comes from."""

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Any]
    provider: str
    links: dict[str, list[str]]


def resources(case: Case) -> list[PolicyResource]:
    """The case as the policy SDK hands it to a stack policy."""
    facts = dict(case.given.facts)
    stack = owner_stack(case)
    for fact, value in case.given.facts.items():
        try:
            stack = _told(stack, case, fact, value)
            del facts[fact]
        except Inexpressible:
            continue
    found = copy.deepcopy(registered(encode(stack)))
    for resource in found:
        if resource.type == TYPES[case.given.kind][case.cloud]:
            for fact, value in facts.items():
                _WRITE[fact](case, resource, found, _engine(value))
    return as_policy_resources(found)


@cache
def registered(stack: bytes) -> list[Registered]:
    """What the components register for a stack, given as JSON."""
    links: dict[str, dict[str, list[str]]] = {}
    recorded = rehearsal._registration

    def with_links(request: Any, urn: str) -> rehearsal.Registration:
        links[urn] = {name: sorted(needs.urns) for name, needs in request.propertyDependencies.items()}
        return recorded(request, urn)

    with patch.object(rehearsal, "_registration", with_links):
        made = rehearsal.rehearse(decode(stack, Stack)).resources
    return [
        Registered(one.type, one.name, one.urn, one.parent, dict(one.inputs), one.provider.rpartition("::")[0], links[one.urn])
        for one in made
    ]


def as_policy_resources(found: list[Registered]) -> list[PolicyResource]:
    by_urn = {one.urn: one for one in found}
    made = {one.urn: _policy_resource(one, by_urn) for one in found}
    for one in found:
        made[one.urn].property_dependencies = {name: [made[urn] for urn in urns if urn in made] for name, urns in one.links.items()}
    return list(made.values())


def _policy_resource(one: Registered, by_urn: Mapping[str, Registered]) -> PolicyResource:
    options = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], one.parent)
    given = by_urn.get(one.provider)
    provider = PolicyProviderResource(given.type, unknown_checking_proxy(given.inputs), given.urn, given.name) if given else None
    return PolicyResource(one.type, unknown_checking_proxy(one.inputs), one.urn, one.name, options, provider, None, [], {})


def _engine(value: Any) -> Any:
    """The mark of a case as the engine's."""
    return UNKNOWN_STRING_VALUE if is_unknown(value) else value


# --- what only a resource can say -----------------------------------------------------------------------------------------------------


def _public(case: Case, cluster: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "aws":
        cluster.inputs["vpcConfig"]["endpointPublicAccess"] = value
    else:
        cluster.inputs["privateClusterConfig"]["enablePrivateEndpoint"] = value if value == UNKNOWN_STRING_VALUE else not value


def _ranges(case: Case, cluster: Registered, found: list[Registered], value: Any) -> None:
    unknown = value == UNKNOWN_STRING_VALUE
    _public(case, cluster, found, True)
    if case.cloud == "aws":
        cluster.inputs["vpcConfig"]["publicAccessCidrs"] = value
    else:
        blocks = value if unknown else [{"cidrBlock": one} for one in value]
        cluster.inputs["masterAuthorizedNetworksConfig"]["cidrBlocks"] = blocks


def _secrets_key(case: Case, cluster: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "gcp":
        cluster.inputs["databaseEncryption"]["state"] = value if value == UNKNOWN_STRING_VALUE else "DECRYPTED"
    elif value == UNKNOWN_STRING_VALUE:
        cluster.inputs["encryptionConfig"] = value
    else:
        del cluster.inputs["encryptionConfig"]


def _zones(case: Case, target: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "gcp":
        target.inputs["nodeLocations"] = value
    for subnet in found:
        if subnet.type == "aws:ec2/subnet:Subnet" and subnet.urn in sum(target.links.values(), []):
            subnet.inputs["availabilityZoneId"] = value if value == UNKNOWN_STRING_VALUE else value[0]


def _rotation(case: Case, key: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "aws":
        key.inputs["enableKeyRotation"] = value
    elif value is False:
        del key.inputs["rotationPeriod"]
    else:
        key.inputs["rotationPeriod"] = value


def _rotation_days(case: Case, key: Registered, found: list[Registered], value: Any) -> None:
    unknown = value == UNKNOWN_STRING_VALUE
    key.inputs["rotationPeriodInDays" if case.cloud == "aws" else "rotationPeriod"] = (
        value if unknown or case.cloud == "aws" else f"{value * 86400}s"
    )


def _tags(case: Case, target: Registered, found: list[Registered], value: Any) -> None:
    target.inputs["tags" if case.cloud == "aws" else "resourceLabels"] = value


def _capacity(case: Case, pool: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "aws":
        pool.inputs["capacityType"] = value
    else:
        pool.inputs["nodeConfig"]["spot"] = value


def _types(case: Case, pool: Registered, found: list[Registered], value: Any) -> None:
    if case.cloud == "aws":
        pool.inputs["instanceTypes"] = value
    else:
        pool.inputs["nodeConfig"]["machineType"] = value if value == UNKNOWN_STRING_VALUE else value[0]


def _own(property_aws: str, property_gcp: str) -> Callable[[Case, Registered, list[Registered], Any], None]:
    def write(case: Case, target: Registered, found: list[Registered], value: Any) -> None:
        target.inputs[property_aws if case.cloud == "aws" else property_gcp] = value

    return write


_WRITE: Mapping[str, Callable[[Case, Registered, list[Registered], Any], None]] = {
    "endpoint.public": _public,
    "endpoint.publicRanges": _ranges,
    "encryption.secretsKey": _secrets_key,
    "deletionProtection": _own("deletionProtection", "deletionProtection"),
    "kubernetes": _own("version", "minMasterVersion"),
    "zones": _zones,
    "rotation.enabled": _rotation,
    "rotation.days": _rotation_days,
    "tags": _tags,
    "capacity": _capacity,
    "instanceTypes": _types,
}
"""Fact -> how it is written into resources that the components registered."""
