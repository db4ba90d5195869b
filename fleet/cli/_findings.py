"""What the rules say of a compiled fleet, with the line of each finding; shared by validate and pr."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.compile.fleet import Compiled, compile_fleet
from fleet.diff.base import read_file_at
from fleet.lock.file import NAME, parse_lock
from fleet.rules.context import Context
from fleet.rules.registry import check
from fleet.rules.rule import Finding
from fleet.spec.load import load
from fleet.spec.problem import Problem, SpecError


def findings(compiled: Compiled, today: date) -> list[tuple[Finding, Problem]]:
    """Every finding with its problem, which knows the line of fleet.yaml."""
    found = check(Context(compiled.document.spec, compiled.blueprint, today))
    return [(finding, _located(compiled, finding)) for finding in found]


def new_findings(root: Path, file: Path, base: str, compiled: Compiled, today: date) -> tuple[Sequence[Problem], str]:
    """What rules say of the head and did not say of the base, and why the base could not be checked (empty when it could)."""
    head = findings(compiled, today)
    try:
        old = {_identity(finding) for finding, _ in findings(_compile_at(root, file, base), today)}
    except (SpecError, FileNotFoundError) as error:
        return [problem for _, problem in head], f"the base could not be checked: {str(error).splitlines()[0]}"
    return [problem for finding, problem in head if _identity(finding) not in old], ""


def _identity(finding: Finding) -> tuple[object, ...]:
    return (finding.rule, finding.subject, finding.path)


def _compile_at(root: Path, file: Path, ref: str) -> Compiled:
    """The fleet as it was at a ref, from git objects; included files come along. Raises FileNotFoundError, SpecError."""
    spec = read_file_at(root, ref, file.name)
    if spec is None:
        raise FileNotFoundError(f"{file.name} is not in {ref}")
    lock = read_file_at(root, ref, NAME)
    with TemporaryDirectory() as folder:
        path = Path(folder, file.name)
        path.write_bytes(spec)
        for name in _included(spec):
            content = read_file_at(root, ref, name)
            if content is not None:
                Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, name).write_bytes(content)
        return compile_fleet(load(path), parse_lock(lock.decode() if lock else ""))


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
