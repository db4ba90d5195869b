"""Which teams reach a cluster, as whom and with which tier."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.blueprint.model import TeamAccess
from fleet.compile.layers import Match, Subject, matcher
from fleet.spec.load import Document
from fleet.spec.model import Team
from fleet.spec.problem import Problem


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
            principal = _group(team, subject.cloud, subject.environment)
            if principal is None:
                self._report(name, subject)
                continue
            groups = (principal,) if subject.cloud == "gcp" else (f"fleet:{name}:{tier}",)
            found.append(TeamAccess(team=name, tier=tier, principal=principal, kubernetes_groups=groups))
        return tuple(found)

    def _report(self, name: str, subject: Subject) -> None:
        key = (name, subject.cloud, subject.environment)
        if key in self._reported:
            return
        self._reported.add(key)
        message = (
            f'team "{name}" has access to {subject.environment}, which has clusters on {subject.cloud}, but names no {subject.cloud} group '
            f"for it. Add groups.{subject.cloud}, or narrow the team with `match`."
        )
        self.problems.append(self._document.problem(("teams", name, "access", subject.environment), message))


def _group(team: Team, cloud: str, environment: str) -> str | None:
    groups = team.groups.aws if cloud == "aws" else team.groups.gcp
    return groups.get(environment) if isinstance(groups, dict) else groups
