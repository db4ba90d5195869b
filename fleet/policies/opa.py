"""Asks OPA: all checks in one process, each answered with a verdict."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from fleet.policies.policy import rego_files
from fleet.policies.problem import PolicyProblem
from fleet.policies.settings import Check

Outcome = Literal["violated", "undecided", "passed", "exempt"]
LIMIT_SECONDS = 60


class Violation(msgspec.Struct, frozen=True):
    """What is wrong, why and what to do (message), and the fact at fault as `endpoint.public`."""

    fact: str
    message: str


class _Result(msgspec.Struct, frozen=True):
    outcome: Outcome
    violations: list[Violation]
    unknown: dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """The answer to a check. unknown: the facts that keep it open, each with the reason; `exempt`: the policy is not about this subject."""

    check: Check
    outcome: Outcome
    violations: tuple[Violation, ...]
    unknown: dict[str, str]

    @property
    def undecided(self) -> str:
        """What is not known, for the reader."""
        return "not decidable yet: " + ", ".join(f"{fact} ({reason})" for fact, reason in sorted(self.unknown.items()))


def evaluate(opa: Path, place: Path, checks: Sequence[Check]) -> tuple[Verdict, ...]:
    """The verdict on each check, in their order, by the policies in folder `place`. Raises PolicyProblem where OPA gives none."""
    if not checks:
        return ()
    policies = tuple({check.setting.policy.id: check.setting.policy for check in checks}.values())
    sources = rego_files(place, policies)
    results = _ask(opa, sources, question(checks))
    if len(results) != len(checks):
        silent = [policy.id for policy in policies if not _answers(opa, sources, [c for c in checks if c.setting.policy.id == policy.id])]
        raise PolicyProblem(
            f'{", ".join(silent)}: policy.rego gives no verdict. It must say `package fleet.policies["<id>"]` and define '
            '`violation contains {"fact": ..., "message": ...} if { ... }`.'
        )
    return tuple(
        Verdict(check, result.outcome, tuple(sorted(result.violations, key=lambda found: (found.fact, found.message))), result.unknown)
        for check, result in zip(checks, results, strict=True)
    )


def question(checks: Sequence[Check]) -> bytes:
    """The input that policies/lib/verdicts.rego reads, as JSON."""
    subjects = {id(check.subject): check.subject for check in checks}
    places = {key: index for index, key in enumerate(subjects)}
    asked = [
        {"policy": check.setting.policy.id, "subject": places[id(check.subject)], "parameters": check.setting.parameters}
        for check in checks
    ]
    facts = {check.setting.policy.id: check.setting.policy.facts for check in checks}
    return msgspec.json.encode({"subjects": [subject.document for subject in subjects.values()], "facts": facts, "checks": asked})


def _answers(opa: Path, sources: Sequence[Path], checks: Sequence[Check]) -> bool:
    return len(_ask(opa, sources, question(checks))) == len(checks)


def _ask(opa: Path, sources: Sequence[Path], content: bytes) -> list[_Result]:
    data = [argument for source in sources for argument in ("--data", str(source))]
    command = [str(opa), "eval", "--format=raw", "--strict-builtin-errors", "--stdin-input", *data, "data.fleet.verdicts.results"]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, timeout=LIMIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PolicyProblem(f"{opa} could not be asked: {error}") from error
    if ended.returncode != 0:
        said: Any = ended.stderr.decode() or ended.stdout.decode()
        raise PolicyProblem(f"OPA cannot evaluate the policies:\n{said.strip()}")
    try:
        return msgspec.json.decode(ended.stdout, type=list[_Result])
    except msgspec.DecodeError as error:
        raise PolicyProblem(f"a policy's violation is not {{fact, message}}: {error}") from None
