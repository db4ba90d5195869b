"""Both gates as a test asks them: a case in, the verdicts on its subjects out."""

from __future__ import annotations

from pathlib import Path

from pulumi_policy import PolicyResource

from fleet.blueprint.model import Stack
from fleet.policies.blueprint import declared_jurisdictions, subjects
from fleet.policies.opa import Verdict, evaluate
from fleet.policies.settings import Setting, checks, setting
from fleet.policies.subject import Subject
from fleet.spec.model import PolicySettings
from policies.pack.adapters import is_judged
from policies.pack.resource import linked
from policies.pack.subjects import Owners
from tests.policies import worlds
from tests.policies.cases import PLACE, Case
from toolchain.resolve import locate
from toolchain.tools import named


def opa() -> Path:
    """The OPA that `make toolchain` built."""
    found = locate(named("opa"))
    assert found is not None, "run `make toolchain`"
    return found.path


def on(case: Case) -> Setting:
    """The policy of a case with its parameters."""
    made = setting(case.policy, PolicySettings(parameters=case.given.parameters))
    assert made is not None
    return made


def before_pulumi(case: Case, place: Path = PLACE) -> tuple[Verdict, ...]:
    """What `fleet validate` judges. Raises worlds.Inexpressible."""
    return _judge(case, subjects(worlds.blueprint(case)), place)


def in_pulumi(case: Case, place: Path = PLACE) -> tuple[Verdict, ...]:
    """What the policy pack judges."""
    found = worlds.resources(case)
    owner = worlds.owner_stack(case)
    return _judge(case, subjects_of(owner, [one for one in found if is_judged(one.resource_type)]), place)


def subjects_of(stack: Stack, found: list[PolicyResource]) -> tuple[Subject, ...]:
    """The pack's subjects of the resources of a stack."""
    owners = Owners.of(stack, declared_jurisdictions(stack))
    made = (owners.subject(linked(one)) for one in found)
    return tuple(subject for subject in made if subject is not None)


def _judge(case: Case, found: tuple[Subject, ...], place: Path) -> tuple[Verdict, ...]:
    of_kind = tuple(subject for subject in found if subject.kind == case.given.kind)
    return evaluate(opa(), place, checks((on(case),), of_kind, {}))
