"""F-ACC-003: a team that is no principal which an access entry or a group binding can name."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.forms import EMAIL, ROLE_ARN
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        for access in cluster.access:
            message = _role(access.principal) if isinstance(cluster, EksCluster) else _group(access.principal)
            if message:
                cloud = "aws" if isinstance(cluster, EksCluster) else "gcp"
                at = ("clusters", cluster.name, "access", access.team, "principal")
                yield on_spec(("teams", access.team, "groups", cloud), f"{message} Wanted for {cluster.environment}.", at)


def _role(principal: str) -> str:
    role = ROLE_ARN.fullmatch(principal)
    if not role:
        return f"{principal!r} is no IAM role ARN (arn:aws:iam::ACCOUNT:role/NAME), and EKS takes no session of one."
    if role["path"].startswith("aws-service-role/"):
        return f"{principal!r} is a service-linked role, which EKS refuses in an access entry."
    return ""


def _group(principal: str) -> str:
    return "" if EMAIL.fullmatch(principal) else f"{principal!r} is no Google group e-mail (team@example.com)."


RULE = Rule(
    id="F-ACC-003",
    severity="error",
    title="A team principal of the wrong form",
    rationale="EKS access entries name IAM roles, never sessions or service-linked roles; GKE binds groups by their e-mail.",
    source=(
        "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac"
    ),
    check=_check,
)
