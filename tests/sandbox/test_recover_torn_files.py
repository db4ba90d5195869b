"""Which file of a torn state is put in place, and when none is: only files, no engine."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from fleet.recover import torn
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi


class Local(Pulumi):
    """A Pulumi whose backend is its project's folder; it runs nothing."""

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        assert arguments == ("whoami", "--json")
        return json.dumps({"user": "root", "url": f"file://{self.project}"})


@pytest.fixture
def states(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    folder = tmp_path / ".pulumi" / "stacks" / "fleet"
    folder.mkdir(parents=True)
    return folder


def state(second: int) -> str:
    return json.dumps({"version": 3, "checkpoint": {"latest": {"manifest": {"time": f"2026-11-24T08:00:0{second}Z"}}}})


def mend(states: Path) -> str:
    return torn.mend(Local(states.parents[2], {}), "dev")


def test_torn_attributes_go_and_whole_ones_stay(states: Path) -> None:
    (states / "dev.json").write_text(state(2))
    (states / "dev.json.attrs").write_text("")
    (states / "dev.json.bak.attrs").write_text("{}")
    assert "dev.json is whole" in mend(states)
    assert (states / "dev.json").read_text() == state(2)
    assert not (states / "dev.json.attrs").exists() and (states / "dev.json.bak.attrs").exists()


def test_a_newer_state_that_was_whole_but_not_yet_in_place_is_taken(states: Path) -> None:
    (states / "dev.json").write_text(state(2))
    (states / "dev.json.18ea.tmp").write_text(state(3))
    mend(states)
    assert (states / "dev.json").read_text() == state(3)


def test_where_no_state_is_whole_the_message_says_where_to_put_one(states: Path) -> None:
    (states / "dev.json").write_text("{")
    with pytest.raises(RecoverProblem, match="no whole state of stack dev"):
        mend(states)


def test_nothing_is_touched_while_an_engine_on_another_host_may_write(states: Path) -> None:
    (states / "dev.json").write_text("{")
    locks = states.parents[1] / "locks" / "organization" / "fleet" / "dev"
    locks.mkdir(parents=True)
    held = {"pid": os.getpid(), "username": "ann", "hostname": f"not-{socket.gethostname()}", "timestamp": "2026-11-24T08:00:00Z"}
    (locks / "a.json").write_text(json.dumps(held))
    with pytest.raises(RecoverProblem, match="ann@not-.* may be writing it"):
        mend(states)
    assert (states / "dev.json").read_text() == "{"
