"""AWS: who and where, VPCs and subnets, clusters, tagged resources, policy documents. Source: pulumi-aws 7.51.1, function documentation."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping

from fleet.catalog.regions import regions
from sandbox.cloud.identity import arn_of
from sandbox.cloud.invokes.asking import Asking, NotFound, answers_to, tagged, wanted
from sandbox.cloud.outputs.ec2 import zone_names
from sandbox.cloud.request import Stored

CLUSTER, VPC, SUBNET = "aws:eks/cluster:Cluster", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
SECONDARY_RANGE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"


@answers_to("aws:index/getCallerIdentity:getCallerIdentity")
def caller_identity(asking: Asking) -> dict[str, object]:
    account, principal = asking.caller.account, asking.caller.principal
    return {"id": account, "accountId": account, "arn": principal, "userId": f"AROA{account}:sandbox"}


@answers_to("aws:index/getPartition:getPartition")
def partition(asking: Asking) -> dict[str, object]:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


@answers_to("aws:index/getRegion:getRegion")
def region(asking: Asking) -> dict[str, object]:
    name = asking.region
    known = regions().get(name)
    place = known.place if known else ""
    return {"id": name, "name": name, "region": name, "description": place, "endpoint": f"ec2.{name}.amazonaws.com"}


@answers_to("aws:index/getAvailabilityZones:getAvailabilityZones")
def availability_zones(asking: Asking) -> dict[str, object]:
    without = [*_list(asking, "excludeNames"), *_list(asking, "excludeZoneIds")]
    found = [(name, id) for name, id in zone_names(asking.region) if name not in without and id not in without]
    for item in _list(asking, "filters"):
        values = item["values"] if isinstance(item, Mapping) else []
        key = str(item["name"]) if isinstance(item, Mapping) else ""
        if key in ("zone-id", "zone-name"):
            found = [pair for pair in found if pair[1 if key == "zone-id" else 0] in values]
    names, ids = [name for name, _ in found], [id for _, id in found]
    return {**asking.arguments, "id": asking.region, "region": asking.region, "names": names, "zoneIds": ids, "groupNames": [asking.region]}


def _list(asking: Asking, name: str) -> list[object]:
    value = asking.arguments.get(name)
    return value if isinstance(value, list) else []


@answers_to("aws:ec2/getVpcs:getVpcs")
def vpcs(asking: Asking) -> dict[str, object]:
    return {**asking.arguments, "id": asking.region, "region": asking.region, "ids": [item.id for item in _matching(asking, VPC)]}


@answers_to("aws:ec2/getSubnets:getSubnets")
def subnets(asking: Asking) -> dict[str, object]:
    return {**asking.arguments, "id": asking.region, "region": asking.region, "ids": [item.id for item in _matching(asking, SUBNET)]}


@answers_to("aws:ec2/getVpc:getVpc")
def vpc(asking: Asking) -> dict[str, object]:
    found = _one(asking, VPC, "VPC")
    secondary = [(item.id, item.outputs["cidrBlock"]) for item in asking.view.find(SECONDARY_RANGE, vpcId=found["id"])]
    ranges = [(f"vpc-cidr-assoc-{str(found['id']).removeprefix('vpc-')}", found["cidrBlock"]), *secondary]
    associations = [{"associationId": id, "cidrBlock": cidr, "state": "associated"} for id, cidr in ranges]
    return {**found, "cidrBlockAssociations": associations}


@answers_to("aws:ec2/getSubnet:getSubnet")
def subnet(asking: Asking) -> dict[str, object]:
    return _one(asking, SUBNET, "Subnet")


def _one(asking: Asking, type: str, words: str) -> dict[str, object]:
    found = _matching(asking, type)
    if len(found) != 1:
        found_word = "no matching" if not found else "multiple"
        raise NotFound("", f"{found_word} EC2 {words} found; use additional constraints to get exactly one")
    return {**found[0].outputs, "id": found[0].id}


def _matching(asking: Asking, type: str) -> list[Stored]:
    names = {"cidr": "cidrBlock", "vpc-id": "vpcId", "availability-zone-id": "availabilityZoneId", "is-default": "isDefault"}
    filters, tags, id = asking.arguments.get("filters"), asking.arguments.get("tags"), asking.arguments.get("id")
    found = [item for item in asking.living(type) if wanted(filters, item, names) and tagged(tags, item)]
    return [item for item in found if id in (None, item.id)]


@answers_to("aws:eks/getCluster:getCluster")
def cluster(asking: Asking) -> dict[str, object]:
    name = asking.arguments.get("name")
    found = asking.view.get(CLUSTER, str(name))
    if found is None:
        raise NotFound("name", f"reading EKS Cluster ({name}): couldn't find resource")
    outputs = found.outputs
    return {**outputs, "id": found.id, "certificateAuthorities": [outputs["certificateAuthority"]]}


@answers_to("aws:eks/getClusterAuth:getClusterAuth")
def cluster_auth(asking: Asking) -> dict[str, object]:
    """A token of the form of `aws eks get-token` (a presigned STS request); this one only says who asks."""
    name = asking.arguments.get("name")
    url = f"https://sts.{asking.region}.amazonaws.com/?Action=GetCallerIdentity&x-k8s-aws-id={name}&principal={asking.caller.principal}"
    token = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return {"id": name, "name": name, "region": asking.region, "token": f"k8s-aws-v1.{token}"}


@answers_to("aws:resourcegroupstaggingapi/getResources:getResources")
def resources(asking: Asking) -> dict[str, object]:
    """Everything that is or was ever tagged, of the region and of the global services."""
    filters = _list(asking, "tagFilters")
    arns = set(_list(asking, "resourceArnLists"))
    found = []
    for stored in _all(asking):
        arn, tags = arn_of(stored), stored.outputs.get("tagsAll")
        if not arn or not isinstance(tags, Mapping) or (arns and arn not in arns):
            continue
        if all(_tag_holds(item, tags) for item in filters):
            found.append({"resourceArn": arn, "tags": dict(tags), "complianceDetails": []})
    return {**asking.arguments, "id": asking.caller.account, "region": asking.region, "resourceTagMappingLists": found}


def _all(asking: Asking) -> Iterator[Stored]:
    for type in asking.view.types():
        if type.startswith("aws:"):
            yield from asking.living(type)


def _tag_holds(item: object, tags: Mapping[str, object]) -> bool:
    if not isinstance(item, Mapping):
        return True
    values = item.get("values")
    return item["key"] in tags and (not values or tags[str(item["key"])] in values)


@answers_to("aws:iam/getPolicyDocument:getPolicyDocument")
def policy_document(asking: Asking) -> dict[str, object]:
    statements = [_statement(item) for item in _list(asking, "statements") if isinstance(item, Mapping)]
    document: dict[str, object] = {"Version": asking.arguments.get("version", "2012-10-17"), "Statement": statements}
    if "policyId" in asking.arguments:
        document = {"Id": asking.arguments["policyId"], **document}
    text = json.dumps(document, indent=2)
    minified = json.dumps(document, separators=(",", ":"))
    return {**asking.arguments, "id": str(zlib.crc32(text.encode())), "json": text, "minifiedJson": minified}


def _statement(item: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {"Sid": item["sid"]} if item.get("sid") else {}
    found["Effect"] = item.get("effect", "Allow")
    for ours, theirs in (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource")):
        if item.get(ours):
            found[theirs] = _scalar(item[ours])
    for ours, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if item.get(ours):
            found[theirs] = _principals(item[ours])
    if item.get("conditions"):
        found["Condition"] = _conditions(item["conditions"])
    return found


def _scalar(values: object) -> object:
    ordered = sorted(values, reverse=True) if isinstance(values, list) else values
    return ordered[0] if isinstance(ordered, list) and len(ordered) == 1 else ordered


def _principals(items: object) -> object:
    found = {str(item["type"]): _scalar(item["identifiers"]) for item in items} if isinstance(items, list) else {}
    return "*" if found == {"*": "*"} else found


def _conditions(items: object) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for item in items if isinstance(items, list) else []:
        found.setdefault(str(item["test"]), {})[str(item["variable"])] = _scalar(item["values"])
    return found
