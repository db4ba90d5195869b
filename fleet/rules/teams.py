"""Where in the spec a team's principal on a cloud is written."""

from __future__ import annotations

from fleet.blueprint.model import BuiltCluster, TeamAccess
from fleet.rules.context import Context
from fleet.rules.pools import cloud_of
from fleet.rules.rule import Path


def principal_path(context: Context, cluster: BuiltCluster, access: TeamAccess) -> Path:
    """The path of the one value for all environments, or of the value for the cluster's environment."""
    cloud = cloud_of(cluster)
    groups = context.spec.teams[access.team].groups
    by_environment = isinstance(groups.aws if cloud == "aws" else groups.gcp, dict)
    return ("teams", access.team, "groups", cloud, *((cluster.environment,) if by_environment else ()))
