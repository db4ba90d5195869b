"""The service account of a GKE cluster's nodes, with the rights that a node needs and no other."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.names import Owner, service_account_id
from fleet.blueprint.model import GkeCluster

NODE_ROLES = (
    "roles/logging.logWriter",
    "roles/monitoring.metricWriter",
    "roles/monitoring.viewer",
    "roles/stackdriver.resourceMetadata.writer",
    "roles/autoscaling.metricsWriter",
    "roles/artifactregistry.reader",
)
"""GKE documentation, "Use least privilege IAM service accounts" (2026-06), and the right to pull images."""


@dataclass(frozen=True)
class NodeIdentity:
    """email: the account, of use once `rights` exist."""

    email: pulumi.Output[str]
    rights: list[pulumi.Resource]


def build(owner: Owner, cluster: GkeCluster) -> NodeIdentity:
    name = owner.logical("nodes")
    account = gcp.serviceaccount.Account(
        name,
        account_id=service_account_id(cluster.physical_name),
        display_name=f"Nodes of {cluster.physical_name}",
        description=owner.mark(gcp.serviceaccount.Account, name),
        disabled=False,
        opts=owner.options(),
    )
    rights: list[pulumi.Resource] = [
        gcp.projects.IAMMember(
            owner.logical("nodes", role.removeprefix("roles/")),
            project=cluster.deployer.account,
            role=role,
            member=pulumi.Output.concat("serviceAccount:", account.email),
            opts=owner.options(),
        )
        for role in NODE_ROLES
    ]
    return NodeIdentity(account.email, rights)
