"""F-ACC-003: a team that is no principal which an access entry or a group binding can name."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.forms import EMAIL, ROLE_ARN
from fleet.rules.rule import Path, Rule, Violation, on_spec
from fleet.rules.teams import principal_path


def _check(context: Context) -> Iterator[Violation]:
    told: set[Path] = set()
    for cluster in context.clusters:
        for access in cluster.access:
            message = _role(access.principal) if isinstance(cluster, EksCluster) else _group(access.principal)
            path = principal_path(context, cluster, access) if message else ()
            if message and path not in told:
                told.add(path)
                yield on_spec(path, message, ("clusters", cluster.name, "access", access.team, "principal"))


def _role(principal: str) -> str:
    role = ROLE_ARN.fullmatch(principal)
    if not role:
        return f"{principal!r} is no IAM role ARN (arn:aws:iam::ACCOUNT:role/NAME), and EKS takes no session of one. Write the role's ARN."
    if role["path"].startswith("aws-service-role/"):
        return f"{principal!r} is a service-linked role, which EKS refuses in an access entry. Use a role that persons can assume."
    return ""


def _group(principal: str) -> str:
    return "" if EMAIL.fullmatch(principal) else f"{principal!r} is no e-mail of a Google group. Write one, as team@example.com."


RULE = Rule(
    id="F-ACC-003",
    severity="error",
    title="A team principal of the wrong form",
    rationale="EKS access entries name IAM roles, never sessions or service-linked roles; GKE binds groups by their e-mail.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html, https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac",
    check=_check,
)
