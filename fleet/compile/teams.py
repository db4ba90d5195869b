"""Which teams reach a cluster, as whom and with which tier."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.blueprint.model import TeamAccess
from fleet.compile.context import NamespaceOf
from fleet.compile.layers import Match, Subject, matcher
from fleet.spec.load import Document
from fleet.spec.model import Team
from fleet.spec.problem import Problem

RESERVED = frozenset({"default", "cert-manager"})
"""Namespaces that are not a team's to have, beside those that start with kube-."""


class Teams:
    """The fleet's teams, ready to be asked for one cluster after the other."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._teams = sorted(document.spec.teams.items())
        self._matches: Mapping[str, Match] = {name: matcher(team.match) for name, team in self._teams if team.match}
        self.problems: list[Problem] = []
        self._reported: set[tuple[str, str, str]] = set()

    def of(self, subject: Subject) -> tuple[TeamAccess, ...]:
        """The access of all teams to one cluster, by team; a team with access but no group in that cloud becomes a problem."""
        found = []
        for name, team in self._teams:
            tier = team.access.get(subject.environment)
            match = self._matches.get(name)
            if tier is None or (match and not match.accepts(subject)):
                continue
            principal = _group(team, _directory(subject), subject.environment)
            if principal is None:
                self._report(name, subject)
                continue
            groups = (f"fleet:{name}:{tier}",) if subject.kind == "eks" else (principal,)
            found.append(TeamAccess(team=name, tier=tier, principal=principal, kubernetes_groups=groups))
        return tuple(found)

    def namespaces(self, subject: Subject, access: tuple[TeamAccess, ...]) -> tuple[NamespaceOf, ...]:
        """The namespaces of one cluster, by name; two teams with one name for it become a problem."""
        found: dict[str, NamespaceOf] = {}
        data = self._document.data.get("teams", {})
        for one in access:
            for name, settings in self._document.spec.teams[one.team].namespaces.items():
                if settings.match and not matcher(settings.match).accepts(subject):
                    continue
                if name in found or name in RESERVED or name.startswith("kube-"):
                    self._clash(one.team, name, found.get(name))
                    continue
                found[name] = NamespaceOf(name, one, data[one.team]["namespaces"][name] or {})
        return tuple(found[name] for name in sorted(found))

    def _clash(self, team: str, name: str, other: NamespaceOf | None) -> None:
        key = (team, "namespace", name)
        if key in self._reported:
            return
        self._reported.add(key)
        message = f'is also a namespace of team "{other.access.team}" in the same cluster.' if other else "belongs to the cluster itself."
        self.problems.append(self._document.problem(("teams", team, "namespaces", name), f'"{name}" {message} Choose another name.'))

    def _report(self, name: str, subject: Subject) -> None:
        cloud = _directory(subject)
        key = (name, cloud, subject.environment)
        if key in self._reported:
            return
        self._reported.add(key)
        message = (
            f'team "{name}" has access to {subject.environment}, which has clusters on {subject.cloud}, but names no {subject.cloud} group '
            f"for it. Add groups.{subject.cloud}, or narrow the team with `match`."
        )
        self.problems.append(self._document.problem(("teams", name, "access", subject.environment), message))


def _directory(subject: Subject) -> str:
    """Whose groups a cluster knows: its cloud's, or those of the tokens of a registered cluster."""
    return "oidc" if subject.kind == "registered" else subject.cloud


def _group(team: Team, directory: str, environment: str) -> str | None:
    groups = {"aws": team.groups.aws, "gcp": team.groups.gcp, "oidc": team.groups.oidc}[directory]
    return groups.get(environment) if isinstance(groups, dict) else groups
