"""The example fleet's dev stack, its engine, a provider or the clouds' daemon killed in the middle: recovery, then a plain update."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rehearsal import Rehearsal, wait_until

from sandbox.cloud.faults import Fault, arm

STACK = "dev"
GROUP = "aws:eks/nodeGroup:NodeGroup"
UP = ("pulumi", "up", "--yes", "--skip-preview", "--json", "--stack", STACK)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    dev = Rehearsal(tmp_path / "state")
    yield dev
    dev.down()


@pytest.fixture(scope="session")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """The clouds' contents after an update that nothing disturbed."""
    dev = Rehearsal(tmp_path_factory.mktemp("undisturbed") / "state")
    dev.up(STACK)
    dev.down()
    return dev.contents()


def kill_engine(rehearsal: Rehearsal) -> None:
    """Kill the engine while a node group is made, with whatever else is under way; the clouds finish it."""
    rehearsal.run("true")
    arm(rehearsal.state, Fault("delay", GROUP, skip=2, seconds=1.0))
    engine = rehearsal.popen(*UP, output=subprocess.DEVNULL)
    wait_until(lambda: not rehearsal.armed(), "the third node group", 300)
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    wait_until(lambda: sum(item.type == GROUP for item in rehearsal.stored()) >= 3, "the node group that nobody waits for any more")


def kill_provider(rehearsal: Rehearsal) -> None:
    rehearsal.run("true")
    arm(rehearsal.state, Fault("crash-provider-after", GROUP, skip=2))
    rehearsal.run(*UP, fails=True)


def kill_daemon(rehearsal: Rehearsal) -> None:
    """All providers at once, and the clouds' own process with them."""
    rehearsal.run("true")
    arm(rehearsal.state, Fault("crash-after", "aws:ec2/natGateway:NatGateway"))
    rehearsal.run(*UP, fails=True)


@pytest.mark.parametrize("kill", [kill_engine, kill_provider, kill_daemon])
def test_recovered_and_brought_up_it_is_as_if_nothing_had_happened(
    rehearsal: Rehearsal, uninterrupted: Counter[str], kill: Callable[[Rehearsal], None]
) -> None:
    kill(rehearsal)
    said = rehearsal.recover(STACK)
    assert any(line.startswith("adopted") for line in said), said
    assert rehearsal.lost_or_unknown(STACK) == set(), said
    rehearsal.up(STACK)
    assert rehearsal.contents() == uninterrupted
    rehearsal.expect_no_changes(STACK)


def test_the_sandbox_recovers_by_itself_before_its_next_update(rehearsal: Rehearsal, uninterrupted: Counter[str]) -> None:
    kill_engine(rehearsal)
    said = rehearsal.sandbox("up", STACK).stderr
    assert "The last update of dev was cut off" in said
    assert rehearsal.contents() == uninterrupted
