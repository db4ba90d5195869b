"""Where resources are judged: the policies of the project as its fleet.yaml sets them, the stack's blueprint, and OPA."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fleet.blueprint.files import read_stack
from fleet.compile.instances import Instance, instances
from fleet.policies.opa import Verdict, evaluate
from fleet.policies.policy import FOLDER, read_policies
from fleet.policies.problem import PolicyProblem
from fleet.policies.settings import Check, Setting, checks, settings
from fleet.spec.load import load
from policies.pack.resource import Resource
from policies.pack.subjects import Owners
from toolchain.resolve import locate
from toolchain.tools import named


@dataclass(frozen=True)
class Court:
    """Answers for any stack of the project. asked: the verdicts so far, for every policy asks the same of the whole stack."""

    root: Path
    opa: Path
    settings: tuple[Setting, ...]
    instances: Mapping[str, Instance]
    jurisdictions: Mapping[str, str]
    owners: dict[str, Owners] = field(default_factory=dict)
    asked: dict[bytes, tuple[Verdict, ...]] = field(default_factory=dict)

    def judge(self, resources: Iterable[Resource]) -> tuple[tuple[str, Verdict], ...]:
        """Every policy on every resource it is about, each verdict with the resource's URN. Raises PolicyProblem, UnreadableStack."""
        told = [(self._owners(resource.urn).subject(resource), resource.urn) for resource in resources]
        subjects = [(subject, urn) for subject, urn in told if subject is not None]
        urns = {id(subject): urn for subject, urn in subjects}
        asking = checks(self.settings, tuple(subject for subject, _ in subjects), self.instances)
        return tuple((urns[id(check.subject)], verdict) for check, verdict in zip(asking, self._verdicts(asking), strict=True))

    def _owners(self, urn: str) -> Owners:
        """Whose the resources of a stack are. Only a URN (`urn:pulumi:<stack>::...`) tells a pack in Python which stack it is."""
        stack = urn.split("::")[0].rpartition(":")[2]
        if stack not in self.owners:
            self.owners[stack] = Owners.of(read_stack(self.root / "stacks" / stack), self.jurisdictions)
        return self.owners[stack]

    def _verdicts(self, asking: tuple[Check, ...]) -> tuple[Verdict, ...]:
        asked = msgspec.json.encode([(check.setting.policy.id, check.subject.document) for check in asking])
        if asked not in self.asked:
            self.asked[asked] = evaluate(self.opa, self.root / FOLDER, asking)
        return self.asked[asked]


def open_court(root: Path) -> Court:
    """The court of the project at `root`. Raises PolicyProblem or SpecError for what cannot be read."""
    opa = locate(named("opa"))
    if opa is None:
        raise PolicyProblem("OPA is missing, and without it nothing can be judged. `make toolchain` builds it.")
    document = load(root / "fleet.yaml")
    return Court(
        root,
        opa.path,
        settings(document, read_policies(root / FOLDER)),
        {instance.name: instance for instance in instances(document)},
        {name: region.jurisdiction for name, region in document.spec.regions.items()},
    )
