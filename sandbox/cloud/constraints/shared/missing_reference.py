"""What a resource refers to must exist, in its own account and region or project.

Rule and errors: tables/references.tsv, one row a reference, each with the error of the operation that meets it.
What the cloud makes by itself (default networks, default and cluster security groups, main route tables) exists without being declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.arns import part
from sandbox.cloud.constraints.reading import holds, strings, texts
from sandbox.cloud.constraints.registry import ANY
from sandbox.cloud.constraints.tables import rows
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ANY
PHASES: Final[tuple[Phase, ...]] = ("create", "update")

_MADE_BY_CLOUD: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "aws:ec2/securityGroup:SecurityGroup": (
        ("aws:ec2/vpc:Vpc", "defaultSecurityGroupId"),
        ("aws:eks/cluster:Cluster", "vpcConfig.clusterSecurityGroupId"),
    ),
    "aws:ec2/routeTable:RouteTable": (("aws:ec2/vpc:Vpc", "mainRouteTableId"), ("aws:ec2/vpc:Vpc", "defaultRouteTableId")),
}
"""Type -> (type, property) of what has such a resource made for it."""


_ARN_SERVICES: Final[Mapping[str, str]] = {"aws:cloudwatch/logGroup:LogGroup": "logs"}
"""Type -> the service in its ARNs, where a property may hold ARNs of other services too."""


@dataclass(frozen=True)
class Reference:
    """One row of the table. keys: how the property names the target: `id`, `arn`, another property of it, `link` or `account`."""

    property: str
    target: str
    keys: tuple[str, ...]
    fault: Fault
    text: str


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    for reference in references().get(request.type, ()):
        for path, value in strings(request.inputs, reference.property):
            if value and not _exists(reference, request, store, value):
                yield reference.fault.refusal(path, reference.text.format_map(_names(request, value)))


@cache
def references() -> Mapping[str, tuple[Reference, ...]]:
    """Type -> what it refers to."""
    found: dict[str, tuple[Reference, ...]] = {}
    for row in rows("references"):
        fault = Fault(row["service"], row["operation"], row["error"])
        reference = Reference(row["property"], row["target"], tuple(row["key"].split()), fault, row["text"])
        found[row["type"]] = (*found.get(row["type"], ()), reference)
    return found


def _exists(reference: Reference, request: Request, store: StoreView, value: str) -> bool:
    if reference.keys == ("account",):
        return _account_exists(request, store, value)
    if reference.keys == ("link",):
        return _linked(reference, request, store, value)
    if value.startswith("arn:") and not _ours(reference.target, value):
        return True
    return any(_found(reference.target, key, store, value) for key in reference.keys) or _made_by_cloud(reference.target, store, value)


def _found(target: str, key: str, store: StoreView, value: str) -> bool:
    if key == "id":
        found = store.get(target, value)
        return found is not None and not found.kept
    value = value.removesuffix(":*") if key == "arn" else value
    return any(not each.kept for each in store.everywhere.find(target, **{key: value}))


def _ours(target: str, arn: str) -> bool:
    """Whether an ARN is of the target's service (a flow log's destination may be a bucket), and not AWS's own (the account `aws`)."""
    service = part(arn, "service")
    return part(arn, "account") != "aws" and service == _ARN_SERVICES.get(target, service)


def _made_by_cloud(target: str, store: StoreView, value: str) -> bool:
    makers = _MADE_BY_CLOUD.get(target, ())
    return any(value in texts(holds(maker), property) for type, property in makers for maker in store.all(type))


def _linked(reference: Reference, request: Request, store: StoreView, value: str) -> bool:
    if reference.target == "gcp:compute/network:Network" and links.base(value) == "default":
        return True
    where = links.place(request.inputs) or request.caller.region
    location = links.region_of(where) if reference.target.startswith("gcp:compute/") else links.place(request.inputs)
    found = links.resolve(store, reference.target, value, links.project(request), location)
    return found is not None and (not found.kept or reference.target == "gcp:kms/keyRing:KeyRing")


def _account_exists(request: Request, store: StoreView, value: str) -> bool:
    """Service accounts of the request's own project must exist; Google's own agents and other projects' are not seen from here."""
    email = value.removeprefix("serviceAccount:")
    if not email.endswith(f"@{links.project(request)}.iam.gserviceaccount.com") or email == request.caller.principal:
        return True
    return any(links.base(each.id) == email for each in store.everywhere.all("gcp:serviceaccount/account:Account"))


def _names(request: Request, value: str) -> Mapping[str, str]:
    place = links.place(request.inputs) or request.caller.region
    return {
        "value": value,
        "base": links.base(value),
        "link": re.sub(r"^https://[^/]+/compute/v1/", "", value),
        "project": links.part(value, "projects") or links.project(request),
        "region": links.region_of(place),
        "location": links.part(value, "locations") or place,
        "account": value.removeprefix("serviceAccount:"),
    }
