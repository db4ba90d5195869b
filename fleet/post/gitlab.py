"""Notes of a GitLab merge request (REST API v4; needs a project access token with scope `api` and role Reporter)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fleet.post.api import Api
from fleet.post.host import Comment


@dataclass(frozen=True)
class GitLab:
    """One merge request. project: its number or path."""

    api: Api
    project: str
    number: int

    def head(self) -> str:
        """The head commit."""
        return str(self.api.call("GET", self._path)["sha"])

    def mine(self) -> Iterator[Comment]:
        """Those that the token's own user wrote."""
        user = self.api.call("GET", "/user")["id"]
        for each in self.api.pages(f"{self._path}/notes?sort=asc&order_by=created_at"):
            if each["author"]["id"] == user and not each["system"]:
                yield Comment(each["id"], each["body"])

    def create(self, body: str) -> None:
        """Add one."""
        self.api.call("POST", f"{self._path}/notes", {"body": body})

    def update(self, id: int, body: str) -> None:
        """Overwrite one."""
        self.api.call("PUT", f"{self._path}/notes/{id}", {"body": body})

    def delete(self, id: int) -> None:
        """Remove one."""
        self.api.call("DELETE", f"{self._path}/notes/{id}")

    @property
    def _path(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}"


def from_environment(environment: Mapping[str, str], wait: Callable[[float], None]) -> GitLab:
    """The merge request of a pipeline. Raises KeyError for a variable that is missing."""
    api = Api(environment["CI_API_V4_URL"].rstrip("/"), {"PRIVATE-TOKEN": environment["FLEET_GITLAB_TOKEN"]}, wait)
    return GitLab(api, environment["CI_PROJECT_ID"], int(environment["CI_MERGE_REQUEST_IID"]))
