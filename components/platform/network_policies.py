"""Closes a namespace's network both ways, but for names and the cloud's credentials, without which nothing starts.

Traffic within the namespace is closed too: a team that may add network policies opens what its workloads need, and only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.cluster.base import IdentityEndpoint
from components.platform.inside import Inside
from fleet.blueprint.model import Namespace

DNS_NAMESPACE = "kube-system"
DNS_PODS = ("kube-dns", "node-local-dns")
"""The label `k8s-app` of CoreDNS and kube-dns, and of the cache that GKE puts before it (GKE documentation, "Set up NodeLocal DNSCache",
2026-06)."""


def build(inside: Inside, namespace: Namespace, endpoints: Sequence[IdentityEndpoint], made: pulumi.Resource) -> list[pulumi.Resource]:
    """Without identity endpoints, as on a cluster of no known cloud, only names get through."""
    policies = [
        _policy(inside, namespace, made, "default-deny", ["Ingress", "Egress"], []),
        _policy(inside, namespace, made, "allow-dns", ["Egress"], [_dns()]),
    ]
    if endpoints:
        allowed = [_endpoint(endpoint) for endpoint in endpoints]
        policies.append(_policy(inside, namespace, made, "allow-pod-identity", ["Egress"], allowed))
    return policies


def _policy(
    inside: Inside, namespace: Namespace, made: pulumi.Resource, what: str, directions: list[str], egress: list[Any]
) -> pulumi.Resource:
    """For all pods of the namespace: in each of the directions, what no rule of any policy lets through is closed."""
    kind = k8s.networking.v1.NetworkPolicy
    name = inside.owner.logical(namespace.name, what)
    return kind(
        name,
        metadata=inside.metadata(kind, name, f"fleet-{what}", namespace.name),
        spec={"pod_selector": {}, "policy_types": directions, "egress": egress or None},
        opts=inside.options_within(made, [made]),
    )


def _dns() -> Any:
    pods = {"match_expressions": [{"key": "k8s-app", "operator": "In", "values": list(DNS_PODS)}]}
    return {
        "to": [{"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": DNS_NAMESPACE}}, "pod_selector": pods}],
        "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
    }


def _endpoint(endpoint: IdentityEndpoint) -> Any:
    return {"to": [{"ip_block": {"cidr": endpoint.cidr}}], "ports": [{"protocol": "TCP", "port": endpoint.port}]}
