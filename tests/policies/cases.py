"""The cases in the policies' folders: what each says of a subject, and the verdict its file name asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from fleet.blueprint.model import Cloud
from fleet.policies.facts import Kind
from fleet.policies.policy import Policy, read_policies

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "policies"
POLICIES = read_policies(PLACE)
OUTCOMES = {"good": {"passed", "exempt"}, "bad": {"violated"}, "undecided": {"undecided"}}


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case as written. cloud: both where it is left out; region and jurisdiction: the samples' where they are left out.

    retiring: fleet.yaml names its clusters under `retire`.
    """

    kind: Kind
    cloud: Cloud | None = None
    environment: str = "prod"
    protected: bool = True
    retiring: bool = False
    region: str | None = None
    jurisdiction: str | None = None
    facts: dict[str, Any] = {}
    parameters: dict[str, Any] = {}


@dataclass(frozen=True)
class Case:
    """One case on one cloud. expected: the outcomes that its file's name allows."""

    policy: Policy
    name: str
    cloud: Cloud
    given: Given

    @property
    def expected(self) -> set[str]:
        return OUTCOMES[self.name.split("-")[0]]

    def __str__(self) -> str:
        return f"{self.policy.id}/{self.name}/{self.cloud}"


def cases(place: Path = PLACE, policies: tuple[Policy, ...] = POLICIES) -> Iterator[Case]:
    """Every case of the policies, on each cloud it is about."""
    for policy in policies:
        for path in sorted((place / policy.id / "cases").iterdir()):
            given = msgspec.yaml.decode(path.read_bytes(), type=Given)
            for cloud in (given.cloud,) if given.cloud else ("aws", "gcp"):
                yield Case(policy, path.stem, cloud, given)
