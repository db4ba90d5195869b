"""Access to the sandbox's clusters as the shell uses it: kubeconfigs, and who there is to log in as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.kubeconfig import stack as stacks
from fleet.kubeconfig.merge import Document, merge
from fleet.kubeconfig.problem import KubeconfigProblem
from sandbox.cloud.view import View
from sandbox.kubernetes.access import bastion, directory
from sandbox.kubernetes.access.directory import Directory, DirectoryProblem
from sandbox.kubernetes.runtime import network
from sandbox.kubernetes.runtime.outside import follow
from sandbox.shell import clouds, clusters
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem
from sandbox.shell.session import Session


@dataclass(frozen=True)
class Written:
    """A kubeconfig that was written. contexts: one per cluster, of its name; left_out: cluster -> why it is not in it."""

    path: Path
    contexts: tuple[str, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Principal:
    """An IAM role or Google account, with the Google groups that it is in, directly or not."""

    name: str
    groups: tuple[str, ...]


def kubeconfig(session: Session, stack: str, principals: Sequence[str] = ()) -> Written:
    """`fleet kubeconfig` in the sandbox, its login programs by their paths, so that it works outside of its shell. Raises ShellProblem."""
    layout = session.layout
    try:
        merged = merge(stacks.clusters(session.pulumi, stack), principals, bastion.url(layout.state))
    except KubeconfigProblem as problem:
        raise ShellProblem(str(problem)) from problem
    path = stacks.default_path(stack, principals, session.environment)
    stacks.write(_by_path(merged.document, layout.stand_ins), path)
    return Written(path, merged.contexts, merged.left_out)


def _by_path(document: Document, programs: Path) -> Document:
    users = [{**named, "user": {"exec": _program(named["user"]["exec"], programs)}} for named in document["users"]]
    return {**document, "users": users}


def _program(program: Document, programs: Path) -> Document:
    return {**program, "command": str(programs / program["command"])}


def moved(layout: Layout, position: str | None) -> str:
    """Where the user is, after going to `position`. Raises ShellProblem where a cluster does not follow."""
    if position is not None:
        with clusters.problems():
            follow(layout.state, "outside" if position == "outside" else "inside", served=clouds.served(layout)[0])
    return network.position(layout.state)


def principals(layout: Layout) -> list[Principal]:
    """Everybody, by name."""
    with clouds.store(layout) as store:
        found = directory.remember(layout.state, View(store, None))
    return [Principal(name, tuple(sorted(found.groups_of(name)))) for name in sorted(found.principals)]


def add(layout: Layout, principal: str, groups: tuple[str, ...]) -> Directory:
    """Put a principal into the directory. Raises ShellProblem for what is none."""
    try:
        with clouds.store(layout) as store:
            return directory.add(layout.state, View(store, None), principal, groups)
    except DirectoryProblem as problem:
        raise ShellProblem(str(problem)) from problem
