"""Kubeconfigs that hold no secret: the cloud's own CLI gets a short-lived token each time, as the deployer.

Its parts are named by the cluster's identity, so that a rename changes no provider; `called` gives them the present name, for people.
Whoever runs it must be allowed to act as the deployer, as for the cloud's resources; people get theirs from `fleet kubeconfig`.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi

from fleet.blueprint.model import AnyCluster, Cluster

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


def called(cluster: AnyCluster, kubeconfig: pulumi.Output[str]) -> pulumi.Output[str]:
    """The kubeconfig of a cluster with its parts under the cluster's present name."""
    if cluster.formerly is None:
        return kubeconfig
    return kubeconfig.apply(lambda text: json.dumps(_renamed(json.loads(text), cluster.name), sort_keys=True))


def _renamed(document: dict[str, Any], name: str) -> dict[str, Any]:
    server, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    return _kubeconfig(name, server, user)


def _render(cluster: Cluster, endpoint: pulumi.Input[str], authority: pulumi.Input[str], plugin: dict[str, Any]) -> pulumi.Output[str]:
    def text(values: list[str]) -> str:
        server = {"server": values[0], "certificate-authority-data": values[1]}
        if cluster.deployer.proxy_url is not None:
            server["proxy-url"] = cluster.deployer.proxy_url
        user = {"exec": {"apiVersion": EXEC_API, "interactiveMode": "IfAvailable", **plugin}}
        return json.dumps(_kubeconfig(cluster.identity, server, user), sort_keys=True)

    return pulumi.Output.all(endpoint, authority).apply(text)


def _kubeconfig(name: str, server: dict[str, str], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": server}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
