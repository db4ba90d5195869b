"""EKS: a principal gets in by an access entry in that cluster; its access policies allow what RBAC does not.

Source: Amazon EKS user guide, "Grant IAM users access to Kubernetes with EKS access entries" and "Create access entries" (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from sandbox.cloud.request import Stored
from sandbox.kubernetes.access import tokens_eks
from sandbox.kubernetes.access.directory import ACCESS_ENTRY
from sandbox.kubernetes.access.judging import Court, User, Verdict
from sandbox.kubernetes.access.rules import Asked, granted
from sandbox.kubernetes.facts import text, value

ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
WITH_ENTRIES: Final = ("API", "API_AND_CONFIG_MAP")
ROLE_ARN: Final = re.compile(r"arn:(?P<partition>aws[\w-]*):iam::(?P<account>\d{12}):role/(?:\S+/)?(?P<name>[^/\s]+)")
PRINCIPAL: Final = "canonicalArn"
"""The extra value by which EKS tells its authorizer the principal."""


def who(court: Court, token: str, now: datetime) -> User | None:
    """None without an access entry: the API server answers 401. What an aws-auth ConfigMap would let in is not played."""
    mode = text(court.cluster.outputs, "accessConfig", "authenticationMode")
    identity = tokens_eks.read(court.state, token, court.cluster.name, now) if mode in WITH_ENTRIES else None
    entry = next(_of(court, ACCESS_ENTRY, identity.principal), None) if identity is not None else None
    if identity is None or entry is None:
        return None
    groups = value(entry.outputs, "kubernetesGroups")
    return User(
        name=_user_name(entry, identity.principal),
        uid=f"aws-iam-authenticator:{court.cluster.account}:{identity.unique_id}",
        groups=tuple(str(group) for group in groups) if isinstance(groups, list) else (),
        extra={
            "arn": [_session_arn(identity.principal)],
            PRINCIPAL: [identity.principal],
            "accessKeyId": [identity.access_key],
            "principalId": [identity.unique_id],
            "sessionName": [tokens_eks.SESSION],
        },
    )


def may(court: Court, user: User, asked: Asked) -> Verdict:
    """By the access policies that are associated with the principal's entry now."""
    principal = next(iter(user.extra.get(PRINCIPAL.lower(), ())), "")
    for association in _of(court, ASSOCIATION, principal):
        policy = text(association.outputs, "policyArn").rpartition("/")[2]
        if _in_scope(association, asked) and granted("eks", policy, asked):
            return Verdict(True, f"EKS access policy {policy} of {principal}")
    return Verdict(False, "")


def _of(court: Court, type: str, principal: str) -> Iterator[Stored]:
    """The cluster's entries or associations of a principal."""
    cluster = court.cluster
    for stored in court.view.all(type):
        place = (stored.caller.account, stored.caller.region, text(stored.outputs, "clusterName"))
        if place == (cluster.account, cluster.region, cluster.name) and text(stored.outputs, "principalArn") == principal:
            yield stored


def _in_scope(association: Stored, asked: Asked) -> bool:
    if text(association.outputs, "accessScope", "type") == "cluster":
        return True
    namespaces = value(association.outputs, "accessScope", "namespaces")
    patterns = namespaces if isinstance(namespaces, list) else []
    return bool(asked.namespace) and any(fnmatchcase(asked.namespace, str(pattern)) for pattern in patterns)


def _user_name(entry: Stored, principal: str) -> str:
    """The entry's own, else EKS's: of a role, the session that it is assumed in."""
    given = text(entry.outputs, "userName")
    if given and given != principal:
        return given.replace("{{SessionName}}", tokens_eks.SESSION).replace("{{SessionNameRaw}}", tokens_eks.SESSION)
    return _session_arn(principal)


def _session_arn(principal: str) -> str:
    role = ROLE_ARN.fullmatch(principal)
    return f"arn:{role['partition']}:sts::{role['account']}:assumed-role/{role['name']}/{tokens_eks.SESSION}" if role else principal
