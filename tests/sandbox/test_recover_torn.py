"""A state that a kill tore while it was written: the newest whole one is put back, and what it does not know is adopted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rehearsal import Rehearsal

from sandbox.shell.layout import Layout

STACK = "small"


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    repository = tmp_path / "repository"
    shutil.copytree(Path(__file__).parent / "small_stack", repository)
    small = Rehearsal(tmp_path / "state", repository)
    small.up(STACK)
    yield small
    small.down()


def halve(state: Path) -> None:
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])


def empty_attributes(state: Path) -> None:
    state.with_name(f"{state.name}.attrs").write_bytes(b"")


@pytest.mark.parametrize("tear", [halve, empty_attributes])
def test_a_torn_state_is_mended_and_loses_nothing(rehearsal: Rehearsal, tear: Callable[[Path], None]) -> None:
    before = rehearsal.contents()
    tear(Layout(rehearsal.repository, rehearsal.state).checkpoint("small", STACK))
    said = rehearsal.recover(STACK)
    assert any("torn" in line for line in said), said
    rehearsal.up(STACK)
    assert rehearsal.contents() == before
    assert rehearsal.lost_or_unknown(STACK) == set()
    rehearsal.expect_no_changes(STACK)
