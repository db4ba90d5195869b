"""Two branches that take the same range merge cleanly in git; the lock tells, and settles it without moving what the base has."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from fleet.lock.conflicts import conflicts, require_sound, without_newcomers
from fleet.lock.file import NAME, LockFile, parse_lock, render_lock
from fleet.lock.model import Lock
from fleet.spec.problem import SpecError
from tests.property.compiling import compiled
from tests.property.fleets import cluster, clusters, fleet

RESERVED = {"office": "10.3.0.0/16", "lab": "100.96.0.0/12"}


def merged(base: Lock, ours: Lock, theirs: Lock) -> Lock:
    """What git makes of two branches: the entries of both."""
    return msgspec.structs.replace(
        base,
        networks={**ours.networks, **theirs.networks},
        clusters={**ours.clusters, **theirs.clusters},
    )


@settings(max_examples=60, deadline=None)
@given(clusters(), cluster(), cluster())
def test_a_merge_is_sound_or_told_and_settling_it_moves_only_newcomers(
    base_entries: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    base = compiled(fleet(base_entries)).lock
    ours = compiled(fleet({**base_entries, "ours": one}), base).lock
    theirs = compiled(fleet({**base_entries, "theirs": other}), base).lock
    merge = merged(base, ours, theirs)
    both = fleet({**base_entries, "ours": one, "theirs": other})
    if list(conflicts(merge, RESERVED)):
        with pytest.raises(SpecError):
            compiled(both, merge)
        merge = without_newcomers(merge, ours, RESERVED)
        assert {name: merge.clusters[name] for name in ours.clusters} == dict(ours.clusters)
    settled = compiled(both, merge).lock
    assert not list(conflicts(settled, RESERVED))
    assert all(settled.clusters[name].ranges == entry.ranges for name, entry in base.clusters.items())


def test_one_branch_each_in_the_same_domain_is_a_conflict_that_names_both_lines() -> None:
    entry = {"class": "standard", "in": {"dev": ["eu-west-1"]}}
    base = compiled(fleet({"core": entry})).lock
    ours = compiled(fleet({"core": entry, "alpha": entry}), base).lock
    theirs = compiled(fleet({"core": entry, "zulu": entry}), base).lock
    file = parse_lock(render_lock(merged(base, ours, theirs)))
    with pytest.raises(SpecError) as caught:
        require_sound(file, RESERVED)
    text = str(caught.value)
    first, second = file.lines["clusters", "alpha-dev-eu-west-1"], file.lines["clusters", "zulu-dev-eu-west-1"]
    assert f"{NAME}:{second}:1" in text and f"{NAME}:{first})" in text and "fleet lock --base" in text


def test_git_itself_merges_two_such_branches_without_a_word(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t", *arguments], check=True, capture_output=True
        )

    def commit(lock: Lock, message: str) -> None:
        (tmp_path / NAME).write_text(render_lock(lock))
        git("add", NAME)
        git("commit", "-m", message)

    entry = {"class": "standard", "in": {"dev": ["eu-west-1"]}}
    middle = dict.fromkeys(("core", "data", "ledger"), entry)
    base = compiled(fleet(middle)).lock
    git("init", "-b", "main")
    commit(base, "base")
    git("checkout", "-b", "ours")
    commit(compiled(fleet({**middle, "alpha": entry}), base).lock, "ours")
    git("checkout", "-b", "theirs", "main")
    commit(compiled(fleet({**middle, "zulu": entry}), base).lock, "theirs")
    git("merge", "ours")
    with pytest.raises(SpecError, match="overlaps"):
        require_sound(parse_lock((tmp_path / NAME).read_text()), RESERVED)


def test_a_conflict_marker_is_named() -> None:
    with pytest.raises(SpecError, match="unresolved merge"):
        parse_lock("networks:\n<<<<<<< ours\n")


def test_a_network_taken_twice_is_told() -> None:
    lock = compiled(fleet({"core": {"class": "standard", "in": {"dev": ["eu-west-1", "us-east-1"]}}})).lock
    twin = {name: msgspec.structs.replace(entry, range="10.0.0.0/16") for name, entry in lock.networks.items()}
    assert list(conflicts(msgspec.structs.replace(lock, networks=twin), RESERVED))
    assert not list(conflicts(lock, RESERVED))
    require_sound(LockFile(lock), RESERVED)
