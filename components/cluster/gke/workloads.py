"""Workload Identity on GKE: a service account of the project for one service account of one namespace.

Source: GKE documentation, "Authenticate to Google Cloud APIs from GKE workloads" (2026-06).
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.cluster.base import IdentityEndpoint, WorkloadIdentity
from components.names import Owner, service_account_id
from fleet.blueprint.model import Chart, GkeCluster

ENDPOINTS = (IdentityEndpoint(cidr="169.254.169.252/32", port=988), IdentityEndpoint(cidr="169.254.169.254/32", port=80))
"""The metadata server on every node; Dataplane V2 sees the second address (GKE documentation, "Create a cluster network policy", and
cilium/cilium#34387, 2026-11)."""
ACT_AS = "roles/iam.workloadIdentityUser"
ANNOTATION = "iam.gke.io/gcp-service-account"


def build(owner: Owner, cluster: GkeCluster, plane: gcp.container.Cluster) -> dict[str, WorkloadIdentity]:
    """The identities of charts with project roles, by the chart's name; each chart is told its account by an annotation."""
    return {
        chart.name: _identity(owner, cluster, chart, account, plane)
        for chart in cluster.platform.charts
        if (account := chart.service_account) and chart.project_roles
    }


def _identity(owner: Owner, cluster: GkeCluster, chart: Chart, inside: str, plane: gcp.container.Cluster) -> WorkloadIdentity:
    """The pool of identities comes with the project's first cluster, so the binding waits for this one."""
    name = owner.logical("chart", chart.name)
    account = gcp.serviceaccount.Account(
        name,
        account_id=service_account_id(cluster.physical_name, chart.name),
        display_name=f"{chart.name} of {cluster.physical_name}"[:100],
        description=owner.mark(gcp.serviceaccount.Account, name),
        disabled=False,
        opts=owner.options(protect=False),
    )
    acting = gcp.serviceaccount.IAMMember(
        name,
        service_account_id=account.name,
        role=ACT_AS,
        member=f"serviceAccount:{cluster.deployer.account}.svc.id.goog[{chart.namespace}/{inside}]",
        opts=owner.options(protect=False, depends_on=[plane]),
    )
    needs: Sequence[pulumi.Resource] = [acting, *(_role(owner, cluster, chart, role, account) for role in chart.project_roles)]
    return WorkloadIdentity(needs, {"serviceAccount": {"annotations": {ANNOTATION: account.email}}})


def _role(owner: Owner, cluster: GkeCluster, chart: Chart, role: str, account: gcp.serviceaccount.Account) -> gcp.projects.IAMMember:
    return gcp.projects.IAMMember(
        owner.logical("chart", chart.name, role.removeprefix("roles/")),
        project=cluster.deployer.account,
        role=role,
        member=pulumi.Output.concat("serviceAccount:", account.email),
        opts=owner.options(protect=False),
    )
