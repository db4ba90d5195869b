"""EKS Pod Identity: a role for one service account of one namespace, given out by the agent on each node."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.cluster.base import IdentityEndpoint, WorkloadIdentity
from components.names import Owner
from components.roles import attach, service_role
from fleet.blueprint.model import Chart

ENDPOINTS = (IdentityEndpoint(cidr="169.254.170.23/32", port=80),)
"""The Pod Identity agent's address on every node (EKS user guide, "EKS Pod Identity considerations", 2026-09)."""


def of_charts(owner: Owner, charts: Sequence[Chart], made: aws.eks.Cluster) -> dict[str, WorkloadIdentity]:
    """The identities of charts with policies, by the chart's name; their service accounts need no annotation."""
    return {
        chart.name: WorkloadIdentity([associate(owner, made, "chart", chart.name, chart.namespace, account, chart.policy_arns, False)])
        for chart in charts
        if (account := chart.service_account) and chart.policy_arns
    }


def associate(
    owner: Owner,
    made: aws.eks.Cluster,
    what: str,
    workload: str,
    namespace: str,
    service_account: str,
    policy_arns: Sequence[str],
    protect: bool | None,
) -> aws.eks.PodIdentityAssociation:
    """A role with these policies for a service account, which need not exist yet. what, workload: of the logical name."""
    name = owner.logical(what, workload)
    actions = ("sts:AssumeRole", "sts:TagSession")
    role = service_role(owner, "pods.eks.amazonaws.com", what, workload, actions=actions, protect=protect)
    rights: list[pulumi.Resource] = [attach(owner, role, policy, what, workload, protect=protect) for policy in policy_arns]
    return aws.eks.PodIdentityAssociation(
        name,
        cluster_name=made.name,
        namespace=namespace,
        service_account=service_account,
        role_arn=role.arn,
        tags=owner.tags(aws.eks.PodIdentityAssociation, name),
        opts=owner.options(protect=False, depends_on=rights),
    )
