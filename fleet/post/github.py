"""Comments of a GitHub pull request (REST API, issues/comments; needs `pull-requests: write`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from fleet.post.api import Api
from fleet.post.host import Comment

_BOT = "github-actions[bot]"
"""Whom the token of a workflow run writes as; others come as FLEET_AUTHOR."""


@dataclass(frozen=True)
class GitHub:
    """One pull request. repository: `owner/name`."""

    api: Api
    repository: str
    number: int
    author: str

    def head(self) -> str:
        """The head commit."""
        return str(self.api.call("GET", f"/repos/{self.repository}/pulls/{self.number}")["head"]["sha"])

    def mine(self) -> Iterator[Comment]:
        """Those of our author, who must be a bot: anybody can write our marker, and a login can look like ours."""
        for each in self.api.pages(f"/repos/{self.repository}/issues/{self.number}/comments"):
            user = each.get("user") or {}
            if user.get("login") == self.author and user.get("type") == "Bot":
                yield Comment(each["id"], each["body"] or "")

    def create(self, body: str) -> None:
        """Add one."""
        self.api.call("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": body})

    def update(self, id: int, body: str) -> None:
        """Overwrite one."""
        self.api.call("PATCH", f"/repos/{self.repository}/issues/comments/{id}", {"body": body})

    def delete(self, id: int) -> None:
        """Remove one."""
        self.api.call("DELETE", f"/repos/{self.repository}/issues/comments/{id}")


def from_environment(environment: Mapping[str, str], wait: Callable[[float], None]) -> GitHub:
    """The pull request of a workflow run. Raises KeyError for a variable that is missing."""
    headers = {
        "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = Api(environment["GITHUB_API_URL"].rstrip("/"), headers, wait)
    return GitHub(api, environment["GITHUB_REPOSITORY"], int(environment["PULL_REQUEST"]), environment.get("FLEET_AUTHOR", _BOT))


def summary_file() -> str:
    """Where what cannot be commented is shown instead; empty for nowhere."""
    return os.environ.get("GITHUB_STEP_SUMMARY", "")
