"""Asks OPA: all checks in one process, each answered with a verdict; what would be asked twice is asked once."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from fleet.policies.capabilities import capabilities
from fleet.policies.policy import rego_files
from fleet.policies.problem import PolicyProblem
from fleet.policies.question import Question, question
from fleet.policies.settings import Check

Outcome = Literal["violated", "undecided", "passed", "exempt"]
LIMIT_SECONDS = 60


class Violation(msgspec.Struct, frozen=True):
    """What is wrong, why and what to do (message), and the fact at fault as `endpoint.public`."""

    fact: str
    message: str


class _Answer(msgspec.Struct, frozen=True):
    exempt: bool
    violations: list[Violation]


@dataclass(frozen=True)
class Verdict:
    """The answer to a check. unknown: the facts that keep it open, each with the reason; `exempt`: the policy is not about this subject."""

    check: Check
    outcome: Outcome
    violations: tuple[Violation, ...]
    unknown: Mapping[str, str]

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
    questions = [question(check) for check in checks]
    texts = [msgspec.json.encode({"policy": one.policy, "asked": one.asked}) for one in questions]
    different = list(dict.fromkeys(texts))
    answers = _ask(opa, sources, different)
    if len(answers) != len(different):
        first = {one.policy: text for one, text in zip(reversed(questions), reversed(texts), strict=True)}
        silent = [policy for policy, text in sorted(first.items()) if not _ask(opa, sources, [text])]
        raise PolicyProblem(
            f'{", ".join(silent)}: policy.rego gives no verdict. It must say `package fleet.policies["<id>"]` and define '
            '`violation contains {"fact": ..., "message": ...} if { ... }`.'
        )
    by_text = dict(zip(different, answers, strict=True))
    return tuple(_verdict(check, one, by_text[text]) for check, one, text in zip(checks, questions, texts, strict=True))


def _verdict(check: Check, asked: Question, answer: _Answer) -> Verdict:
    """A fact that is not known violates nothing and passes nothing."""
    about_known = (found for found in answer.violations if found.fact not in asked.unknown)
    standing = tuple(sorted(about_known, key=lambda found: (found.fact, found.message)))
    if answer.exempt:
        return Verdict(check, "exempt", (), asked.unknown)
    outcome: Outcome = "violated" if standing else "undecided" if asked.unknown else "passed"
    return Verdict(check, outcome, standing, asked.unknown)


def _ask(opa: Path, sources: Sequence[Path], questions: Sequence[bytes]) -> list[_Answer]:
    content = b'{"questions":[' + b",".join(questions) + b"]}"
    data = [argument for source in sources for argument in ("--data", str(source))]
    asked = ["--format=raw", "--strict-builtin-errors", "--stdin-input", *data, "data.fleet.verdicts.answers"]
    try:
        with capabilities(opa) as allowed:
            command = [str(opa), "eval", "--capabilities", str(allowed), *asked]
            ended = subprocess.run(command, input=content, capture_output=True, timeout=LIMIT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PolicyProblem(f"{opa} could not be asked: {error}") from error
    if ended.returncode != 0:
        said: Any = ended.stderr.decode() or ended.stdout.decode()
        raise PolicyProblem(f"OPA cannot evaluate the policies:\n{said.strip()}")
    try:
        return msgspec.json.decode(ended.stdout, type=list[_Answer])
    except msgspec.DecodeError as error:
        raise PolicyProblem(f"a policy's violation is not {{fact, message}}: {error}") from None
