"""An engine or a provider that is killed at every step of a small stack: recovery leaves nothing lost and nothing made twice."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rehearsal import Rehearsal, events, wait_until

from sandbox.cloud.faults import Fault, arm, disarm

STACK = "small"
UP = ("pulumi", "up", "--yes", "--skip-preview", "--parallel", "1", "--continue-on-error=false", "--json", "--stack", STACK)
"""One resource after the other, and an end at the first failure: each kill is at another step."""
RESOURCES = 13
AFTER = Fault("crash-provider-after")


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    repository = tmp_path / "repository"
    shutil.copytree(Path(__file__).parent / "small_stack", repository)
    small = Rehearsal(tmp_path / "state", repository)
    yield small
    small.down()


@pytest.fixture
def uninterrupted(tmp_path: Path) -> Counter[str]:
    """The clouds' contents after an update that nothing disturbed."""
    repository = tmp_path / "undisturbed"
    shutil.copytree(Path(__file__).parent / "small_stack", repository)
    small = Rehearsal(tmp_path / "undisturbed-state", repository)
    small.run(*UP)
    small.down()
    assert len(small.stored()) == RESOURCES
    return small.contents()


def kill_engine(rehearsal: Rehearsal, type: str = "") -> bool:
    """Kill the engine inside its first create (of a type), which the cloud then finishes; False when there was no create left."""
    rehearsal.run("true")
    before = len(rehearsal.stored())
    arm(rehearsal.state, Fault("delay", type=type, seconds=0.5))
    engine = rehearsal.popen(*UP, output=subprocess.DEVNULL)
    wait_until(lambda: not rehearsal.armed() or engine.poll() is not None, "the engine's first create")
    if engine.poll() is not None:
        return False
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    wait_until(lambda: len(rehearsal.stored()) > before, "the create that nobody waits for any more")
    return True


def kill_provider(rehearsal: Rehearsal, fault: Fault = AFTER) -> bool:
    """Have the provider die at a create; False when there was none left."""
    rehearsal.run("true")
    arm(rehearsal.state, fault)
    output, _ = rehearsal.popen(*UP).communicate(timeout=300)
    assert events(output)
    return not rehearsal.armed()


def test_a_create_in_the_clouds_is_not_idempotent(rehearsal: Rehearsal) -> None:
    """Without recovery a killed engine's update makes a second VPC, and a taken name is refused: recovery cannot lean on the clouds."""
    kill_engine(rehearsal, "aws:ec2/vpc:Vpc")
    rehearsal.run("pulumi", "cancel", "--yes", "--stack", STACK)
    rehearsal.run(*UP)
    assert [item.type for item in rehearsal.stored()].count("aws:ec2/vpc:Vpc") == 2


@pytest.mark.parametrize("kill", [kill_engine, kill_provider])
def test_killed_at_every_step(rehearsal: Rehearsal, uninterrupted: Counter[str], kill: Callable[[Rehearsal], bool]) -> None:
    steps = 0
    while kill(rehearsal):
        steps += 1
        said = rehearsal.recover(STACK)
        assert rehearsal.lost_or_unknown(STACK) == set(), said
    assert steps == RESOURCES
    disarm(rehearsal.state)
    assert rehearsal.contents() == uninterrupted
    rehearsal.expect_no_changes(STACK)


def test_a_provider_that_died_before_the_cloud_heard_of_it_leaves_nothing(rehearsal: Rehearsal, uninterrupted: Counter[str]) -> None:
    assert kill_provider(rehearsal, Fault("crash-provider-before", skip=4))
    assert rehearsal.recover(STACK) == [f"clean: nothing of stack {STACK} is lost, pending or locked"]
    rehearsal.run(*UP)
    assert rehearsal.contents() == uninterrupted
