"""Render stacks/: the blueprint as the files that are committed, reviewed and read by `pulumi up`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fleet.blueprint.files import files
from fleet.blueprint.model import Blueprint
from fleet.files import write_atomically
from fleet.generate.config import merged_config

DIRECTORY = "stacks"


@dataclass(frozen=True)
class Staleness:
    """How stacks/ differs from what the blueprint renders to; paths relative to the project."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    orphaned: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.different or self.orphaned)


def render(blueprint: Blueprint) -> dict[str, bytes]:
    """Every generated file but the stack configurations: path relative to the project -> content."""
    return {
        str(PurePosixPath(DIRECTORY, stack.name, name)): content for stack in blueprint.stacks for name, content in files(stack).items()
    }


def configs(blueprint: Blueprint, root: Path) -> dict[str, bytes]:
    """The stack configurations with what fleet needs in them merged into what Pulumi keeps there. Raises SpecError for a broken one."""
    names = {stack.name: PurePosixPath(DIRECTORY, f"Pulumi.{stack.name}.yaml") for stack in blueprint.stacks}
    return {str(path): merged_config(root / path) for path in names.values()}


def staleness(root: Path, wanted: Mapping[str, bytes]) -> Staleness:
    """Compare the work tree's stacks/ with what it should hold. An orphan is a generated file that nothing generates any more."""
    missing = [path for path in wanted if not (root / path).is_file()]
    different = [path for path, content in wanted.items() if path not in missing and (root / path).read_bytes() != content]
    found = (path.relative_to(root).as_posix() for path in (root / DIRECTORY).glob("*/*.json"))
    return Staleness(tuple(sorted(missing)), tuple(sorted(different)), tuple(sorted(set(found) - set(wanted))))


def write(root: Path, wanted: Mapping[str, bytes], orphaned: tuple[str, ...]) -> tuple[str, ...]:
    """Write what differs, then remove what is orphaned; each file atomically, and a killed run is completed by the next."""
    written = [path for path, content in sorted(wanted.items()) if write_atomically(root / path, content)]
    for path in orphaned:
        (root / path).unlink()
        if not any((root / path).parent.iterdir()):
            (root / path).parent.rmdir()
    return (*written, *orphaned)
