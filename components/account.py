"""What exists once per GCP project: the services in use, the right of the teams' groups to find clusters, and the deployer's in them."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.names import Origin, Owner
from components.providers import Providers
from fleet.blueprint.model import GcpProject

FIND_CLUSTERS = "roles/container.clusterViewer"
"""Enough to get a cluster's address and CA; what a team may do inside is Kubernetes RBAC's to say (GKE documentation, 2026-06)."""

ADMINISTER_CLUSTERS = "roles/container.admin"
"""The least role with `container.clusterRoles.escalate` and `bind`, without which no cluster role is made (IAM documentation, 2026-06)."""


class Project(pulumi.ComponentResource):
    def __init__(self, project: GcpProject, origin: Origin, provider: pulumi.ProviderResource) -> None:
        options = pulumi.ResourceOptions(providers=[provider], protect=project.protect)
        super().__init__("fleet:account:GcpProject", project.name, None, options)
        owner = Owner(self, project.name, origin, {})
        for service in project.services:
            _enable(owner, project, service)
        _administer(owner, project)
        for group in project.viewer_groups:
            _let_find(owner, project, group)
        self.register_outputs({})


def build(project: GcpProject, origin: Origin, providers: Providers) -> Project:
    return Project(project, origin, providers.gcp(project.deployer, None))


def _enable(owner: Owner, project: GcpProject, service: str) -> None:
    """Services stay on when the stack goes: others in the project may use them."""
    gcp.projects.Service(
        owner.logical(service.removesuffix(".googleapis.com")),
        project=project.name,
        service=service,
        disable_on_destroy=False,
        disable_dependent_services=False,
        opts=owner.options(),
    )


def _administer(owner: Owner, project: GcpProject) -> None:
    """The deployer's right inside clusters. Networks and clusters depend on the project, so it goes last."""
    gcp.projects.IAMMember(
        owner.logical("deployer"),
        project=project.name,
        role=ADMINISTER_CLUSTERS,
        member=f"serviceAccount:{project.deployer.principal}",
        opts=owner.options(),
    )


def _let_find(owner: Owner, project: GcpProject, group: str) -> None:
    gcp.projects.IAMMember(
        owner.logical("viewer", group),
        project=project.name,
        role=FIND_CLUSTERS,
        member=f"group:{group}",
        opts=owner.options(protect=False),
    )
