"""Kubeconfigs that hold no secret: the cloud's own CLI gets a short-lived token each time, as the deployer.

Whoever runs it must be allowed to act as the deployer, as for the cloud's resources; people get theirs from `fleet kubeconfig`.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi

from fleet.blueprint.model import Cluster

EXEC_API = "client.authentication.k8s.io/v1beta1"


def eks(cluster: Cluster, endpoint: pulumi.Input[str], certificate_authority: pulumi.Input[str]) -> pulumi.Output[str]:
    """By `aws eks get-token`. endpoint: a URL."""
    arguments = ["eks", "get-token", "--cluster-name", cluster.physical_name, "--region", cluster.region, "--output", "json"]
    arguments += ["--role-arn", cluster.deployer.principal]
    return _render(cluster, endpoint, certificate_authority, {"command": "aws", "args": arguments})


def gke(cluster: Cluster, endpoint: pulumi.Input[str], certificate_authority: pulumi.Input[str]) -> pulumi.Output[str]:
    """By `gke-gcloud-auth-plugin`, which is told the cluster it is for. endpoint: a URL."""
    hint = "Install gke-gcloud-auth-plugin: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl"
    arguments = ["--impersonate_service_account", cluster.deployer.principal]
    plugin = {"command": "gke-gcloud-auth-plugin", "args": arguments, "provideClusterInfo": True, "installHint": hint}
    return _render(cluster, endpoint, certificate_authority, plugin)


def _render(cluster: Cluster, endpoint: pulumi.Input[str], authority: pulumi.Input[str], plugin: dict[str, Any]) -> pulumi.Output[str]:
    def text(values: list[str]) -> str:
        server = {"server": values[0], "certificate-authority-data": values[1]}
        if cluster.deployer.proxy_url is not None:
            server["proxy-url"] = cluster.deployer.proxy_url
        return json.dumps(_document(cluster.name, server, plugin), sort_keys=True)

    return pulumi.Output.all(endpoint, authority).apply(text)


def _document(name: str, server: dict[str, str], plugin: dict[str, Any]) -> dict[str, Any]:
    user = {"exec": {"apiVersion": EXEC_API, "interactiveMode": "IfAvailable", **plugin}}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": server}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
