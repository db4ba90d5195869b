"""Write fleet.lock.yaml: ranges, names and catalogue choices that must not move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from fleet.cli._project import Project, file_option, open_project, reports_problems
from fleet.compile.fleet import compile_fleet
from fleet.diff.base import NoBase, read_file_at
from fleet.lock.conflicts import without_newcomers
from fleet.lock.file import NAME, LockFile, parse_lock, write_lock
from fleet.lock.model import Lock
from fleet.spec.suggest import did_you_mean


@click.command()
@file_option
@click.option("--upgrade", is_flag=True, help="Take the catalogue's choices anew: newer versions, newer machine types.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if the lock would change.")
@click.option("--base", metavar="REF", help="After a merge: of two entries that clash, move the one that REF does not have.")
@click.option("--forget", metavar="NAME", multiple=True, help="Free the ranges of a retired cluster or network.")
@reports_problems
def command(file: Path, upgrade: bool, check: bool, base: str | None, forget: tuple[str, ...]) -> None:
    """Decide what is undecided and keep it; nothing that was decided moves."""
    project = open_project(file)
    before = _forget(_settled(project, base) if base else project.lock.lock, forget)
    compiled = compile_fleet(project.document, LockFile(before, project.lock.lines, project.lock.name), upgrade=upgrade)
    lines = list(_changes(project.lock.lock, compiled.lock))
    for line in lines:
        click.echo(line)
    if check:
        if lines:
            click.echo(f"{NAME} is behind fleet.yaml: run `fleet lock`.", err=True)
            raise click.exceptions.Exit(1)
        return
    wrote = write_lock(project.root / NAME, compiled.lock)
    click.echo(f"{NAME}: {len(lines)} changes written." if wrote else f"{NAME}: no changes.", err=True)


def _settled(project: Project, ref: str) -> Lock:
    try:
        content = read_file_at(project.root, ref, NAME)
    except NoBase as error:
        raise click.UsageError(str(error)) from None
    base = parse_lock(content.decode() if content else "", f"{NAME} at {ref}").lock
    try:
        return without_newcomers(project.lock.lock, base, project.document.spec.addressing.reserved)
    except ValueError as error:
        raise click.UsageError(f"{error} {ref}. Name a base that has only one of them, as the branch merged into.") from None


def _forget(lock: Lock, names: tuple[str, ...]) -> Lock:
    known = {*lock.retired_networks, *lock.retired_clusters}
    for name in names:
        if name not in known:
            raise click.UsageError(f'"{name}" is not a retired entry of {NAME}.{did_you_mean(name, known)}')
    return msgspec.structs.replace(
        lock,
        retired_networks={name: entry for name, entry in lock.retired_networks.items() if name not in names},
        retired_clusters={name: entry for name, entry in lock.retired_clusters.items() if name not in names},
    )


def _changes(before: Lock, after: Lock) -> Iterator[str]:
    """One line for each decision that is new, moved, taken anew or retired."""
    for name, network in after.networks.items():
        if name not in before.networks:
            yield f"+ network {name}: {network.range}"
    for name, cluster in after.clusters.items():
        old = before.clusters.get(name)
        former = _former(before, after, name)
        if former:
            yield f"~ cluster {name}: was {former}, keeps its ranges and its physical name {cluster.name}"
            old = before.clusters[former]
        if old is None:
            yield f"+ cluster {name}: nodes {cluster.ranges['nodes']}, pods {cluster.ranges['pods']}, services {cluster.ranges['services']}"
            continue
        if old.ranges != cluster.ranges:
            yield f"~ cluster {name}: {old.ranges} -> {cluster.ranges}"
        for key in sorted({*old.choices, *cluster.choices}):
            was, now = old.choices.get(key), cluster.choices.get(key)
            if was != now:
                yield f"~ cluster {name}: {key} {was.taken if was else None} -> {now.taken if now else None}"
    for what, section in (("network", "retired_networks"), ("cluster", "retired_clusters")):
        gone, held = getattr(after, section), getattr(before, section)
        yield from (f"- {what} {name}: retired, its ranges stay taken" for name in sorted(set(gone) - set(held)))
        yield from (f"- {what} {name}: forgotten, its ranges are free" for name in sorted(set(held) - set(gone)) if not _alive(after, name))


def _former(before: Lock, after: Lock, name: str) -> str:
    """The name under which the lock had a cluster that is renamed now; empty for others."""
    if name in before.clusters:
        return ""
    first = after.clusters[name].formerly or name
    gone = (other for other, held in before.clusters.items() if other not in after.clusters and (held.formerly or other) == first)
    return next(gone, "")


def _alive(lock: Lock, name: str) -> bool:
    return name in lock.networks or name in lock.clusters
