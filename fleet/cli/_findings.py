"""What rules and policies say of a compiled fleet, with the line of each finding; shared by validate and pr."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.compile.fleet import Compiled, compile_fleet
from fleet.diff.base import read_file_at, read_folder
from fleet.lock.file import NAME, parse_lock
from fleet.policies.gate import PolicyFinding, Severity, judge, require_known
from fleet.policies.policy import FOLDER, folder
from fleet.policies.problem import PolicyProblem
from fleet.rules.context import Context
from fleet.rules.registry import check
from fleet.rules.rule import Finding
from fleet.spec.load import load
from fleet.spec.problem import Problem, SpecError
from toolchain.resolve import locate
from toolchain.tools import named

_OF_POLICIES = (".rego", "policy.yaml")


@dataclass(frozen=True)
class Said:
    """One finding of a rule or a policy. identity: equal in two versions of a fleet when they are told the same."""

    severity: Severity
    problem: Problem
    identity: Hashable


@dataclass(frozen=True)
class New:
    """What is said of the head and was not said of the base.

    base_problem: why the base could not be checked, unasked: why no policy was asked; each empty where that is not so.
    """

    problems: Sequence[Problem]
    base_problem: str
    unasked: str


def findings(compiled: Compiled, root: Path, today: date) -> tuple[list[Said], str]:
    """All that is said of the fleet of the project at `root`, and why no policy was asked (else empty). Raises SpecError, PolicyProblem."""
    return _findings(compiled, folder(root), today)


def new_findings(root: Path, file: Path, base: str, compiled: Compiled, today: date) -> New:
    """What is said of the head by its rules and policies and was not said of the base by its own. Raises SpecError, PolicyProblem."""
    head, unasked = findings(compiled, root, today)
    try:
        with _project_at(root, file, base) as (before, place):
            old = {said.identity for said in _findings(before, place, today)[0]}
    except (SpecError, PolicyProblem, FileNotFoundError) as error:
        return New([said.problem for said in head], f"the base could not be checked: {str(error).splitlines()[0]}", unasked)
    return New([said.problem for said in head if said.identity not in old], "", unasked)


def _findings(compiled: Compiled, place: Path, today: date) -> tuple[list[Said], str]:
    rules = [_of_rule(compiled, finding) for finding in check(Context(compiled.document.spec, compiled.blueprint, today))]
    opa = locate(named("opa"))
    if opa is None:
        require_known(compiled, place)
        return rules, "the policies were not evaluated: OPA is missing. `make toolchain` builds it"
    return [*rules, *map(_of_policy, judge(compiled, place, opa.path))], ""


def _of_rule(compiled: Compiled, finding: Finding) -> Said:
    return Said(finding.severity, _located(compiled, finding), (finding.rule, finding.subject, finding.path))


def _of_policy(finding: PolicyFinding) -> Said:
    """A policy that denies what it only warned of says something new."""
    return Said(finding.severity, finding.problem, (finding.problem.code, finding.severity, finding.subject, finding.fact))


@contextmanager
def _project_at(root: Path, file: Path, ref: str) -> Iterator[tuple[Compiled, Path]]:
    """The fleet as it was at a ref and its policies, from git objects; included files come along. Raises FileNotFoundError, SpecError."""
    spec = read_file_at(root, ref, file.name)
    if spec is None:
        raise FileNotFoundError(f"{file.name} is not in {ref}")
    lock = read_file_at(root, ref, NAME)
    included = {name: read_file_at(root, ref, name) for name in _included(spec)}
    with TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name, content in {file.name: spec, **included, **read_folder(root, ref, FOLDER, _OF_POLICIES)}.items():
            if content is not None:
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes(content)
        yield compile_fleet(load(copy / file.name), parse_lock(lock.decode() if lock else "")), folder(copy)


def _included(spec: bytes) -> list[str]:
    from fleet.spec.source import parse

    data = parse(spec.decode("utf-8"), "fleet.yaml").data
    names = data.get("include", []) if isinstance(data, dict) else []
    return (
        [str(name) for name in names if not Path(str(name)).is_absolute() and ".." not in Path(str(name)).parts]
        if isinstance(names, list)
        else []
    )


def _located(compiled: Compiled, finding: Finding) -> Problem:
    if finding.subject in compiled.instances:
        path = compiled.instances[finding.subject].origin(finding.path)
        message = finding.message if finding.subject in finding.message else f"{finding.subject}: {finding.message}"
        return compiled.document.problem(path, message, finding.rule)
    return compiled.document.problem(finding.path, finding.message, finding.rule)
