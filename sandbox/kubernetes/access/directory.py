"""The sandbox's directory: which principals and groups there are, in the place of IAM's roles and of Google's accounts and groups.

Whoever the clouds' contents name is in it: roles of access entries, deployers, accounts and groups of IAM bindings. A Google group that
nobody has given members has a sample one. What was named once stays, as people do when their access goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import filelock

from sandbox.cloud.store import StoreView
from sandbox.kubernetes.access import secret
from sandbox.kubernetes.facts import EKS_CLUSTER, GKE_CLUSTER, text, value

FILE: Final = "directory.json"
LOCK_SECONDS: Final = 10.0
ACCESS_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
IAM_MEMBER: Final = "gcp:projects/iAMMember:IAMMember"
ROLE: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(role|user)/\S+")
EMAIL: Final = re.compile(r"[^@\s:]+@[^@\s:]+\.[^@\s:]+")


class DirectoryProblem(Exception):
    """What was asked of the directory cannot be done. The text says why, and what to do."""


@dataclass(frozen=True)
class Directory:
    """principals: ARNs of IAM roles, e-mails of Google accounts. groups: Google groups by e-mail, with members (accounts, groups)."""

    principals: frozenset[str] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def groups_of(self, member: str) -> frozenset[str]:
        """The groups that a principal or group is in, directly or by another group."""
        found: set[str] = set()
        new = {member}
        while new:
            new = {group for group, members in self.groups.items() if members & new} - found
            found |= new
        return frozenset(found)

    def joined(self, other: Directory) -> Directory:
        """Whoever is in either; a group of both has the members of both."""
        names = self.groups.keys() | other.groups.keys()
        groups = {name: self.groups.get(name, frozenset()) | other.groups.get(name, frozenset()) for name in names}
        return Directory(self.principals | other.principals, groups)


def read(state: Path, view: StoreView) -> Directory:
    """Who there is now: what was kept, and whom the clouds name beside."""
    kept = _kept(state)
    return kept.joined(_named(view, kept))


def remember(state: Path, view: StoreView) -> Directory:
    """`read`, and keep whom the clouds name now."""
    return _keep(state, view, Directory())


def add(state: Path, view: StoreView, principal: str, groups: tuple[str, ...]) -> Directory:
    """Put a principal into the directory and into Google groups. Raises DirectoryProblem for what is no principal or group."""
    if not ROLE.fullmatch(principal) and not EMAIL.fullmatch(principal):
        raise DirectoryProblem(f"{principal!r} is no principal: give the ARN of an IAM role, or the e-mail of a Google account.")
    wrong = [group for group in groups if not EMAIL.fullmatch(group)]
    if wrong or (groups and ROLE.fullmatch(principal)):
        raise DirectoryProblem("groups are Google groups, named by their e-mail, and have Google accounts as members.")
    return _keep(state, view, Directory(frozenset({principal}), {group: frozenset({principal}) for group in groups}))


def sample_member(group: str) -> str:
    """Who is in a group that nobody has given members: `alice.payments@acme.example` of `payments@acme.example`."""
    return f"alice.{group}"


def _keep(state: Path, view: StoreView, more: Directory) -> Directory:
    path = secret.folder(state) / FILE
    with filelock.FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS):
        kept = _kept(state)
        made = kept.joined(_named(view, kept)).joined(more)
        if made != kept:
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(_plain(made), indent=2) + "\n")
            fresh.replace(path)
    return made


def _plain(directory: Directory) -> dict[str, object]:
    return {
        "principals": sorted(directory.principals),
        "groups": {group: sorted(members) for group, members in sorted(directory.groups.items())},
    }


def _kept(state: Path) -> Directory:
    with suppress(FileNotFoundError):
        said = json.loads((secret.folder(state) / FILE).read_text())
        return Directory(frozenset(said["principals"]), {group: frozenset(members) for group, members in said["groups"].items()})
    return Directory()


# --- whom the clouds name -------------------------------------------------------------------------------------------------------------


def _named(view: StoreView, kept: Directory) -> Directory:
    """kept: groups in it have their members already."""
    members = [text(stored.outputs, "member") for stored in view.all(IAM_MEMBER)]
    groups = {member.removeprefix("group:") for member in members if member.startswith("group:")}
    samples = {group: frozenset({sample_member(group)}) for group in groups - kept.groups.keys()}
    accounts = {member.partition(":")[2] for member in members if member.startswith(("user:", "serviceAccount:"))}
    principals = {*accounts, *_roles(view), *_deployers(view), *(member for sample in samples.values() for member in sample)}
    return Directory(frozenset(principals), {**samples, **_security_groups(view, frozenset(groups))})


def _roles(view: StoreView) -> Iterator[str]:
    for stored in view.all(ACCESS_ENTRY):
        if ROLE.fullmatch(text(stored.outputs, "principalArn")):
            yield text(stored.outputs, "principalArn")


def _deployers(view: StoreView) -> Iterator[str]:
    for type in (EKS_CLUSTER, GKE_CLUSTER):
        yield from (stored.caller.principal for stored in view.all(type) if stored.caller.principal)


def _security_groups(view: StoreView, groups: frozenset[str]) -> dict[str, frozenset[str]]:
    """The group of a domain in which GKE looks for others holds all of that domain."""
    found = {str(value(stored.outputs, "authenticatorGroupsConfig", "securityGroup") or "") for stored in view.all(GKE_CLUSTER)} - {""}
    return {one: frozenset(group for group in groups if group.partition("@")[2] == one.partition("@")[2]) for one in found}
