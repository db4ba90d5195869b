"""GKE: every Google account gets in, with the groups that are under the cluster's security group; IAM allows what RBAC does not.

Sources: GKE documentation, "Authorize actions in clusters using RBAC": RBAC is asked first, then IAM, and either suffices; "Configure
Google Groups for RBAC" (2026-06). Not played: conditions of bindings (they grant nothing), custom roles, and bindings above the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sandbox.kubernetes.access import directory, tokens_google
from sandbox.kubernetes.access.directory import IAM_MEMBER, Directory
from sandbox.kubernetes.access.judging import Court, User, Verdict
from sandbox.kubernetes.access.rules import Asked, granted
from sandbox.kubernetes.facts import text, value

SPELLED: Final = {
    "clusterrolebindings": "clusterRoleBindings",
    "clusterroles": "clusterRoles",
    "configmaps": "configMaps",
    "controllerrevisions": "controllerRevisions",
    "cronjobs": "cronJobs",
    "customresourcedefinitions": "customResourceDefinitions",
    "daemonsets": "daemonSets",
    "limitranges": "limitRanges",
    "networkpolicies": "networkPolicies",
    "persistentvolumeclaims": "persistentVolumeClaims",
    "persistentvolumes": "persistentVolumes",
    "poddisruptionbudgets": "podDisruptionBudgets",
    "priorityclasses": "priorityClasses",
    "replicasets": "replicaSets",
    "resourcequotas": "resourceQuotas",
    "rolebindings": "roleBindings",
    "serviceaccounts": "serviceAccounts",
    "statefulsets": "statefulSets",
    "storageclasses": "storageClasses",
}
"""How IAM spells what Kubernetes writes in small letters; resources of one word are the same (IAM reference, container.* permissions)."""
VERBS: Final = {"watch": "list", "patch": "update", "deletecollection": "delete"}


def who(court: Court, token: str, now: datetime) -> User | None:
    account = tokens_google.read(court.state, token, now)
    known = directory.read(court.state, court.view)
    if account is None or account not in known.principals:
        return None
    return User(name=account, groups=tuple(sorted(_groups(court, known, account))))


def may(court: Court, user: User, asked: Asked) -> Verdict:
    """By the project's IAM bindings of the account and of every group that it is in."""
    known = directory.read(court.state, court.view)
    if user.name not in known.principals:
        return Verdict(False, "")
    for role in _roles(court, known, user.name):
        if granted("gke", role, asked):
            return Verdict(True, f"IAM role {role} of {user.name}")
    return Verdict(False, f'requires one of ["{_permission(asked)}"] permission(s).' if asked.resource else "")


def _groups(court: Court, known: Directory, account: str) -> Iterator[str]:
    """Google groups, as far as the cluster's security group holds them; without one GKE knows no groups."""
    security = str(value(court.cluster.outputs, "authenticatorGroupsConfig", "securityGroup") or "")
    for group in known.groups_of(account):
        if security and security in known.groups_of(group):
            yield group


def _roles(court: Court, known: Directory, account: str) -> Iterator[str]:
    domain = account.partition("@")[2]
    members = {"allUsers", "allAuthenticatedUsers", f"domain:{domain}", f"user:{account}", f"serviceAccount:{account}"}
    members |= {f"group:{group}" for group in known.groups_of(account)}
    for stored in court.view.all(IAM_MEMBER):
        here = text(stored.outputs, "project") == court.cluster.account and text(stored.outputs, "member") in members
        if here and not stored.outputs.get("condition"):
            yield text(stored.outputs, "role")


def _permission(asked: Asked) -> str:
    """The IAM permission for a request, as `container.networkPolicies.list`."""
    plural, _, part = asked.resource.partition("/")
    verb = VERBS.get(asked.verb, asked.verb)
    known = not asked.group or re.fullmatch(r"[a-z]+|[a-z.]+\.k8s\.io", asked.group)
    resource = SPELLED.get(plural, plural) if known else "thirdPartyObjects"
    return f"container.{resource}.{part or verb}"
