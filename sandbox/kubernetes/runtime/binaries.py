"""Which binaries run a cluster of a minor: its own where they are built, else the nearest that is. Nothing is built here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import toolchain
from sandbox.kubernetes.runtime.control_plane import API_SERVER, CONTROLLERS, NODES, SCHEDULER
from sandbox.kubernetes.runtime.problem import RuntimeProblem
from toolchain.tools import named

_OF_THE_MINOR = (API_SERVER, CONTROLLERS, SCHEDULER)


@dataclass(frozen=True)
class Binaries:
    """The programs of a control plane, by name. minor: of the Kubernetes ones; wanted: the minor they were asked for."""

    wanted: str
    minor: str
    paths: Mapping[str, Path]

    @property
    def note(self) -> str:
        """What to say where the minor is not the cluster's own; empty where it is."""
        if self.minor == self.wanted:
            return ""
        return f"runs {self.minor}, as {self.wanted} is not built ({how_to_build(self.wanted)})"


def for_minor(minor: str) -> Binaries:
    """Raises RuntimeProblem where no minor is built at all."""
    for candidate in sorted(_minors(), key=lambda other: (_distance(other, minor), other)):
        found = {name: toolchain.locate(named(f"{name}@{candidate}")) for name in _OF_THE_MINOR}
        paths = {name: tool.path for name, tool in found.items() if tool is not None}
        if len(paths) == len(_OF_THE_MINOR):
            return Binaries(minor, candidate, {**paths, NODES: one(NODES)})
    raise RuntimeProblem(f"there is no {API_SERVER} on this machine yet. Run `make toolchain`.")


def one(name: str) -> Path:
    """A tool that has one version. Raises RuntimeProblem where it is missing."""
    found = toolchain.locate(named(name))
    if found is None:
        raise RuntimeProblem(f"there is no {name} on this machine yet. Run `make toolchain`.")
    return found.path


def how_to_build(minor: str) -> str:
    """What to type to get a minor, or that there is none to get."""
    if minor not in _minors():
        return f"the toolchain knows {', '.join(_minors())}"
    return "python -m toolchain " + " ".join(f"{name}@{minor}" for name in _OF_THE_MINOR)


def _minors() -> list[str]:
    tool = named(API_SERVER)
    return sorted([tool.minor, *tool.others])


def _distance(one_minor: str, other: str) -> int:
    first, second = ([int(part) for part in minor.split(".")] for minor in (one_minor, other))
    return abs((first[0] - second[0]) * 1000 + first[1] - second[1])
