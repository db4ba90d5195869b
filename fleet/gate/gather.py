"""Gather what the gate needs of a project and its base, and judge a list of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from fleet.blueprint.files import SHARED
from fleet.diff.base import read_file_at
from fleet.diff.model import Change
from fleet.gate.verdict import Verdict, judge
from fleet.waivers.model import Refused, Waiver
from fleet.waivers.read import FOLDER, SIGNERS, read_waivers


@dataclass(frozen=True)
class Gate:
    """The gate's word on a change of the fleet: verdicts, waivers that do not count, whether the allowed signers change.

    waivers: those that hold, by file name.
    """

    verdicts: Sequence[Verdict]
    refused: Sequence[Refused]
    signers_changed: bool
    waivers: Mapping[str, Waiver] = field(default_factory=dict)

    @property
    def stopped(self) -> Sequence[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.stopped]


def gate(root: Path, tree: Path, base: str, before: Mapping[str, bytes], changes: Sequence[Change], today: date) -> Gate:
    """Judge changes against the stacks of `base` (their files in `before`: path -> JSON). Raises NoBase.

    root: the project, whose git knows the base. tree: where the waivers of the change are: the same, or a folder with those of a ref.
    """
    waivers = read_waivers(tree, read_file_at(root, base, f"{FOLDER}/{SIGNERS}"), today)
    return Gate(judge(changes, _protected(before), waivers.valid), waivers.refused, waivers.signers_changed, waivers.valid)


def _protected(before: Mapping[str, bytes]) -> frozenset[str]:
    """The stacks that the base protects."""
    shared = {path: msgspec.json.decode(content) for path, content in before.items() if path.endswith(f"/{SHARED}")}
    return frozenset(Path(path).parent.name for path, content in shared.items() if content["protect"])
