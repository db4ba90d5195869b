"""Carry an edit of fleet.yaml out: tried in memory, checked, judged by the gate, shown; then all of it is written, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from fleet.cli._compare import judged
from fleet.cli._findings import findings
from fleet.cli._project import Project, file_option, format_option, open_project, show_json
from fleet.compile.fleet import Compiled
from fleet.diff.base import has_commit
from fleet.diff.cause import locator
from fleet.diff.compare import compare
from fleet.diff.model import Change
from fleet.edit.draft import Draft, Writing, draft, writing
from fleet.edit.journal import write_all
from fleet.edit.model import Edit
from fleet.edit.needs import Need, human_steps, needs
from fleet.gate.gather import Gate
from fleet.gate.verdict import needs_first_step
from fleet.generate.render import render, staleness
from fleet.lock.file import parse_lock, render_lock
from fleet.report.gate_json import as_json as gate_json
from fleet.report.gate_text import as_text as gate_text
from fleet.report.plan_json import as_json
from fleet.report.plan_text import as_text
from fleet.spec.load import Document
from fleet.spec.problem import Mark, Problem, SpecError

BASE = "stacks/"


@dataclass(frozen=True)
class Outcome:
    """An edit that was tried. gate: its word against what is committed, None where nothing is; todo: what is to be written.

    waits: stacks/ is left out of that until there are waivers; stopped: nothing may be written.
    """

    edit: Edit
    tried: Draft
    changes: Sequence[Change]
    gate: Gate | None
    warnings: Sequence[Problem]
    needs: Sequence[Need]
    people: Sequence[str]
    todo: Writing
    waits: bool
    stopped: bool


def edit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--file`, `--format` and `--dry-run`."""
    dry_run = click.option("--dry-run", is_flag=True, help="Write nothing; print the edit of fleet.yaml as a diff.")
    return dry_run(format_option(file_option(command)))


def carry_out(file: Path, output: str, dry_run: bool, build: Callable[[Document], Edit]) -> None:
    """Do the edit that `build` makes of the spec. Raises SpecError when it is refused; exits with 1 when the gate stops it."""
    project = open_project(file)
    outcome = _tried(project, build(project.document))
    if not dry_run and not outcome.stopped:
        write_all(project.root, outcome.todo.files, outcome.todo.removed)
    if output == "json":
        show_json(_json(outcome, dry_run))
    else:
        _show(outcome, dry_run)
    if outcome.stopped:
        raise click.exceptions.Exit(1)


def _tried(project: Project, edit: Edit) -> Outcome:
    before, rendered = _settled(project)
    tried = draft(project.root, project.document, project.lock, edit)
    head = Project(project.root, tried.compiled.document, parse_lock(render_lock(tried.compiled.lock)), project.root)
    warnings = _new_warnings(before, tried.compiled, project.tree)
    changes = compare(rendered, tried.rendered, locator(tried.compiled, head.lock))
    gate = judged(head, tried.compiled, tried.rendered, "HEAD", None).gate if has_commit(project.root, "HEAD") else None
    stopped = gate.stopped if gate else ()
    waits = bool(stopped) and edit.waivable and not any(needs_first_step(verdict.change, verdict.step) for verdict in stopped)
    todo = writing(project.root, tried, stacks=not waits)
    asked, people = needs(before.blueprint, tried.compiled.blueprint), human_steps(before.blueprint, tried.compiled.blueprint)
    return Outcome(edit, tried, changes, gate, warnings, asked, people, todo, waits, bool(stopped) and not waits)


def _settled(project: Project) -> tuple[Compiled, Mapping[str, bytes]]:
    """The fleet before the edit, decided and rendered. Raises SpecError where lock or stacks are behind it: the edit would bring more."""
    compiled = project.compile()
    if compiled.lock != project.lock.lock:
        raise SpecError([Problem(project.lock.mark("", ""), (), "is behind fleet.yaml: run `fleet lock` first, so that this edit is all.")])
    rendered = render(compiled.blueprint)
    if staleness(project.root, rendered):
        message = "is not what fleet.yaml says: run `fleet generate` first, so that this edit is all."
        raise SpecError([Problem(Mark(BASE, 1, 1), (), message)])
    return compiled, rendered


def _new_warnings(before: Compiled, after: Compiled, tree: Path) -> Sequence[Problem]:
    """Warnings that the edit brings. Raises SpecError with the errors that it brings, PolicyProblem."""
    today = date.today()
    known = {said.identity for said in findings(before, tree, today)[0]}
    fresh = [said for said in findings(after, tree, today)[0] if said.identity not in known]
    errors = [said.problem for said in fresh if said.severity == "error"]
    if errors:
        raise SpecError(errors)
    return [said.problem for said in fresh]


def _show(outcome: Outcome, dry_run: bool) -> None:
    """On stdout the diff for a dry run, else the plan and what to do; the rest on stderr."""
    for line in (outcome.edit.title, *(f"  {note}" for note in outcome.edit.notes), *(f"warning: {each}" for each in outcome.warnings)):
        click.echo(line, err=True)
    if outcome.gate:
        click.echo(gate_text(outcome.gate), nl=False, err=True)
    if dry_run:
        click.echo(outcome.tried.diff(), nl=False)
    click.echo(as_text(outcome.changes, BASE), nl=False, err=dry_run)
    for line in _to_do(outcome):
        click.echo(line, err=dry_run)
    if outcome.stopped or dry_run:
        click.echo("Nothing was written.", err=True)
    else:
        click.echo(f"Written: {', '.join(_paths(outcome.todo))}.", err=True)


def _to_do(outcome: Outcome) -> Iterator[str]:
    if outcome.needs:
        yield "Quotas, with every pool at its maximum:"
        yield from (f"  {'!' if need.short else ' '} {need}" for need in outcome.needs)
    steps = [*outcome.people, *_after(outcome)]
    if steps:
        yield "What people must do:"
        yield from (f"  {number}. {step}" for number, step in enumerate(steps, 1))


def _after(outcome: Outcome) -> Iterator[str]:
    """The next commands, in order."""
    if outcome.stopped:
        return
    if outcome.waits and outcome.gate:
        yield from (verdict.next for verdict in outcome.gate.stopped)
        yield "then `fleet generate`: stacks/ waits for the waivers, and `pulumi up` refuses until it is written"
    yield from outcome.edit.next
    if not outcome.waits:
        yield "review the diff, commit it with stacks/ and the lock, and bring it up"


def _paths(todo: Writing) -> Sequence[str]:
    return sorted([*todo.files, *(f"{path} (removed)" for path in todo.removed)])


def _json(outcome: Outcome, dry_run: bool) -> dict[str, Any]:
    done = not dry_run and not outcome.stopped
    return {
        "title": outcome.edit.title,
        "notes": list(outcome.edit.notes),
        "warnings": [str(problem) for problem in outcome.warnings],
        "diff": outcome.tried.diff(),
        "plan": as_json(outcome.changes, BASE),
        "gate": gate_json(outcome.gate) if outcome.gate else None,
        "quotas": [_need(need) for need in outcome.needs],
        "steps": [*outcome.people, *_after(outcome)],
        "dryRun": dry_run,
        "stopped": outcome.stopped,
        "waitsForWaivers": outcome.waits,
        "written": sorted(outcome.todo.files) if done else [],
        "removed": sorted(outcome.todo.removed) if done else [],
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "account": need.account,
        "region": need.region,
        "needed": need.count,
        "granted": need.quota.granted,
        "quota": need.quota.code,
        "what": need.quota.what,
        "source": need.quota.source,
    }
