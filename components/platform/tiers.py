"""The tiers of access as data: what each may do, as rules of Kubernetes RBAC with the reason for each.

Least privilege, from the API's own list of what leads to more rights (Kubernetes documentation, "Role Based Access Control Good
Practices", 2026): nobody but break-glass holds `escalate`, `bind` or `impersonate`; nobody below platform-admin reads Secrets outside of
a team's namespaces or makes tokens of service accounts. Tiers of a namespace grow from one to the next: a tier may bind what it holds, so
a tenant admin can make developers and viewers of others, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fleet.blueprint.model import Tier

READ = ("get", "list", "watch")
CHANGE = ("create", "delete", "deletecollection", "patch", "update")
EVERYTHING = ("*",)
CORE = ("",)
RBAC = ("rbac.authorization.k8s.io",)


@dataclass(frozen=True)
class Rule:
    """One RBAC rule: verbs on resources of API groups, or on URLs that are no resources. why: for the page of tiers."""

    why: str
    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


WORKLOADS = (
    (("apps",), ("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets")),
    (("batch",), ("cronjobs", "jobs")),
    (("autoscaling",), ("horizontalpodautoscalers",)),
    (("policy",), ("poddisruptionbudgets",)),
)
SERVED = (
    (("networking.k8s.io",), ("ingresses",)),
    (("cert-manager.io",), ("certificaterequests", "certificates", "issuers")),
)
SCALES = ("deployments/scale", "replicasets/scale", "statefulsets/scale")


def _of(kinds: Sequence[tuple[tuple[str, ...], tuple[str, ...]]], verbs: tuple[str, ...], why: str) -> tuple[Rule, ...]:
    return tuple(Rule(why, verbs, groups, resources) for groups, resources in kinds)


OBJECTS = (
    Rule(
        "what runs, what it uses and what limits it; no Secrets",
        READ,
        CORE,
        (
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "persistentvolumeclaims",
            "pods",
            "pods/status",
            "replicationcontrollers",
            "resourcequotas",
            "serviceaccounts",
            "services",
        ),
    ),
    *_of(WORKLOADS, READ, "workloads and their sizes"),
    *_of(SERVED, READ, "how they are reached"),
    Rule("who may talk to whom", READ, ("networking.k8s.io",), ("networkpolicies",)),
    Rule("where services lead", READ, ("discovery.k8s.io",), ("endpointslices",)),
    Rule("what happened", READ, ("events.k8s.io",), ("events",)),
    Rule("what they use", ("get", "list"), ("metrics.k8s.io",), ("pods",)),
)
"""What there is to see in a namespace: all but Secrets, logs and roles."""
LOGS = Rule("logs of its pods", ("get", "list"), CORE, ("pods/log",))
VIEWER = (*OBJECTS, LOGS)
DEVELOPER = (
    *VIEWER,
    Rule("its own configuration, Secrets too", READ, CORE, ("secrets",)),
    Rule(
        "what its workloads need",
        CHANGE,
        CORE,
        ("configmaps", "persistentvolumeclaims", "pods", "secrets", "serviceaccounts", "services"),
    ),
    *_of(WORKLOADS, CHANGE, "its workloads"),
    *_of(SERVED, CHANGE, "how they are reached"),
    Rule("scaling by hand", ("get", "patch", "update"), ("apps",), SCALES),
    Rule("looking into a pod", ("create", "get"), CORE, ("pods/attach", "pods/exec", "pods/portforward")),
    Rule("debugging a pod without a shell", ("patch", "update"), CORE, ("pods/ephemeralcontainers",)),
    Rule("moving a pod within its disruption budget", ("create",), CORE, ("pods/eviction",)),
)
TENANT_ADMIN = (
    *DEVELOPER,
    Rule("opening the network for its workloads", CHANGE, ("networking.k8s.io",), ("networkpolicies",)),
    Rule("giving away what it holds itself, as the API checks", (*READ, *CHANGE), RBAC, ("rolebindings", "roles")),
)
OF_THE_CLUSTER = (
    Rule("nodes and volumes", READ, CORE, ("nodes", "persistentvolumes")),
    Rule("what nodes use", ("get", "list"), ("metrics.k8s.io",), ("nodes",)),
    Rule("classes and drivers of storage", READ, ("storage.k8s.io",), ("csidrivers", "csinodes", "storageclasses", "volumeattachments")),
    Rule("which extensions there are", READ, ("apiextensions.k8s.io",), ("customresourcedefinitions",)),
    Rule("which APIs are served by others", READ, ("apiregistration.k8s.io",), ("apiservices",)),
    Rule("leases of controllers", READ, ("coordination.k8s.io",), ("leases",)),
    Rule("how pods are placed", READ, ("scheduling.k8s.io",), ("priorityclasses",)),
    Rule("how pods are run", READ, ("node.k8s.io",), ("runtimeclasses",)),
    Rule("classes of ingresses", READ, ("networking.k8s.io",), ("ingressclasses",)),
    Rule("issuers for all namespaces", READ, ("cert-manager.io",), ("clusterissuers",)),
)
AUDITOR = (
    *OBJECTS,
    *OF_THE_CLUSTER,
    Rule("who may do what", READ, RBAC, ("clusterrolebindings", "clusterroles", "rolebindings", "roles")),
    Rule(
        "what checks and changes requests",
        READ,
        ("admissionregistration.k8s.io",),
        (
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ),
    ),
    Rule("which certificates were asked for", READ, ("certificates.k8s.io",), ("certificatesigningrequests",)),
    Rule("who is served first", READ, ("flowcontrol.apiserver.k8s.io",), ("flowschemas", "prioritylevelconfigurations")),
)
PLATFORM_OPERATOR = (
    *OBJECTS,
    LOGS,
    *OF_THE_CLUSTER,
    *_of(WORKLOADS, ("delete", "patch", "update"), "restarting and mending workloads, not adding any"),
    Rule("scaling by hand", ("get", "patch", "update"), ("apps",), SCALES),
    Rule("restarting pods", ("delete",), CORE, ("pods",)),
    Rule("emptying nodes within disruption budgets", ("create",), CORE, ("pods/eviction",)),
    Rule("cordoning, tainting and removing nodes", ("delete", "patch", "update"), CORE, ("nodes",)),
    Rule("growing volumes", ("patch", "update"), CORE, ("persistentvolumeclaims",)),
)
PLATFORM_ADMIN = (
    Rule("everything, in the eight verbs that do not give more rights", (*READ, *CHANGE), EVERYTHING, EVERYTHING),
    Rule("health, metrics and version of the API server", ("get",), urls=EVERYTHING),
)
BREAK_GLASS = (
    Rule("everything, for the hour in which nothing else helps", EVERYTHING, EVERYTHING, EVERYTHING),
    Rule("everything that is no resource", EVERYTHING, urls=EVERYTHING),
)

TIERS: Final[Mapping[Tier, tuple[Rule, ...]]] = MappingProxyType(
    {
        "break-glass": BREAK_GLASS,
        "platform-admin": PLATFORM_ADMIN,
        "platform-operator": PLATFORM_OPERATOR,
        "auditor": AUDITOR,
        "tenant-admin": TENANT_ADMIN,
        "developer": DEVELOPER,
        "viewer": VIEWER,
    }
)
IN_A_NAMESPACE: Final[frozenset[Tier]] = frozenset({"tenant-admin", "developer", "viewer"})
"""Tiers that are held in a team's namespaces; the others are held in the whole cluster."""
