"""F-ACC-004: a Google group outside the domain whose groups GKE knows."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import EMAIL
from fleet.rules.rule import Path, Rule, Violation, on_spec
from fleet.rules.teams import principal_path


def _check(context: Context) -> Iterator[Violation]:
    told: set[Path] = set()
    for cluster in context.gke_clusters:
        domain = cluster.security_group.rpartition("@")[2]
        for access in cluster.access:
            group = EMAIL.fullmatch(access.principal)
            path = principal_path(context, cluster, access)
            if group and group["domain"] != domain and path not in told:
                told.add(path)
                yield on_spec(
                    path,
                    f"{access.principal} is not in {domain}: GKE knows only groups that are members of {cluster.security_group}. Use a "
                    f"group of {domain}, or make sure that {group['domain']} is a domain of the same organisation and add the group there.",
                    ("clusters", cluster.name, "access", access.team, "principal"),
                )


RULE = Rule(
    id="F-ACC-004",
    severity="warning",
    title="A Google group of another domain",
    rationale=(
        "Google Groups for RBAC works through gke-security-groups@DOMAIN; a group that is not nested in it gives nobody anything, silently."
    ),
    source="https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac",
    check=_check,
)
