"""The values of this package: what a tool is, what was found of it, and the whole that others get."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

Same = Literal["major", "minor", "exact"]
"""How much of the pinned version a tool found on PATH must share: it is then used when it is not older."""

_PARTS_SHARED: dict[Same, int] = {"major": 1, "minor": 2, "exact": 3}

LANGUAGE_HOST = "pulumi-language-python"


class Origin(enum.StrEnum):
    """Where a tool came from."""

    PATH = "PATH"
    CACHE = "cache"
    BUILT = "built"
    PROJECT = "project"


@dataclass(frozen=True)
class GoModule:
    """How a tool is built: `folder` (under toolchain/) holds the go.mod and go.sum that pin every dependency."""

    folder: str
    package: str
    tags: tuple[str, ...] = ()
    ldflags: str = "-s -w"
    minutes_cold: int = 4
    """Minutes a build takes on two cores with nothing downloaded or compiled: what the user is told to expect."""


@dataclass(frozen=True)
class Tool:
    """A pinned tool. `version` has three numbers and no leading v; `version_pattern` finds them in the tool's own answer."""

    name: str
    version: str
    purpose: str
    source: GoModule
    version_arguments: tuple[str, ...]
    install_page: str
    without: str = ""
    """What cannot be done where it is missing; empty for a tool that nothing works without."""
    same: Same = "major"
    version_pattern: str = r"v?(\d+\.\d+\.\d+)"
    others: Mapping[str, tuple[str, GoModule]] = field(default_factory=dict)
    """Further minors ('1.34') with their version and module: had only where they are asked for by name@minor."""

    @property
    def minor(self) -> str:
        """The pinned minor: '1.35'."""
        return ".".join(self.version.split(".")[:2])

    def at(self, minor: str) -> "Tool":
        """The same tool at another minor. KeyError where that minor is not pinned."""
        if minor == self.minor:
            return self
        version, source = self.others[minor]
        return replace(self, version=version, source=source, others={})

    def accepts(self, version: str) -> bool:
        """Whether a tool of this version may stand in for the pinned one: not older, and the same in the parts of `same`."""
        found, pinned = numbers(version), numbers(self.version)
        shared = _PARTS_SHARED[self.same]
        return found[:shared] == pinned[:shared] and found >= pinned

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Found:
    """A tool that is there: its executable, its version as it says itself, where it came from."""

    name: str
    version: str
    path: Path
    origin: Origin


@dataclass(frozen=True)
class Toolchain:
    """What `resolve` returns. `engine` is the folder that holds `pulumi` with the Python language host beside it: put it first in PATH."""

    found: Mapping[str, Found]
    engine: Path

    def __getitem__(self, name: str) -> Found:
        return self.found[name]

    @property
    def pulumi(self) -> Path:
        """The Pulumi executable."""
        return self.found["pulumi"].path

    @property
    def language_host(self) -> Path:
        """The language host the engine runs Python programs with."""
        return self.found[LANGUAGE_HOST].path


def numbers(version: str) -> tuple[int, ...]:
    """'v3.259.0-dev' -> (3, 259, 0). Raises ValueError where there are no such numbers."""
    match = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    if match is None:
        raise ValueError(f"{version!r} is no version: expected three numbers with dots")
    return tuple(int(part or 0) for part in match.groups())
