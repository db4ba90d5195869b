"""What the verbs share: where the project is, reading and compiling it, and showing problems."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from fleet.compile.fleet import Compiled, compile_fleet
from fleet.edit.journal import settle
from fleet.lock.file import NAME, LockFile, read_lock
from fleet.spec.load import Document, load
from fleet.spec.problem import Problem, SpecError, render_path


@dataclass(frozen=True)
class Project:
    """A fleet file with its lock, read. root: the project's folder. tree: where its files were read: the same, or those of a git ref."""

    root: Path
    document: Document
    lock: LockFile
    tree: Path

    def compile(self, *, upgrade: bool = False) -> Compiled:
        """Decide the fleet. Raises SpecError."""
        return compile_fleet(self.document, self.lock, upgrade=upgrade)


def open_project(file: Path) -> Project:
    """Read the spec and the lock beside it, after bringing an edit that was killed to its end. Raises SpecError."""
    ended = settle(file.parent)
    if ended != "nothing":
        click.echo(f"an edit that was killed while it was written is {ended} now.", err=True)
    return Project(file.parent, load(file), read_lock(file.parent / NAME), file.parent)


def file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--file`."""
    return click.option(
        "-f", "--file", type=click.Path(path_type=Path), default=Path("fleet.yaml"), show_default=True, help="The fleet file."
    )(command)


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format text|json`."""
    return click.option(
        "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What stdout holds."
    )(command)


def reports_problems(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Show a SpecError as its problems and leave with 1; as JSON on stdout where that is asked for, else on stderr."""

    @wraps(verb)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except SpecError as error:
            if kwargs.get("output") == "json":
                show_json({"problems": [as_json(problem, "error") for problem in error.problems]})
            else:
                show_problems(error.problems)
            raise click.exceptions.Exit(1) from None

    return wrapped


def show_problems(problems: Sequence[Problem]) -> None:
    """Print problems to stderr, one a line, errors in red on a terminal."""
    for problem in problems:
        click.secho(str(problem), err=True, fg="red")
    click.echo(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}; nothing was changed.", err=True)


def as_json(problem: Problem, severity: str) -> dict[str, object]:
    """A problem as a JSON object."""
    return {
        "severity": severity,
        "rule": problem.code or None,
        "file": problem.mark.file,
        "line": problem.mark.line,
        "column": problem.mark.column,
        "path": render_path(problem.path),
        "message": problem.message,
    }


def show_json(value: object) -> None:
    """Print one JSON document to stdout."""
    json.dump(value, sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")
