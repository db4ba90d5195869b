"""Edits by command in a project of one's own: what is written, in which step, and what a kill leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Fleet = Callable[..., subprocess.CompletedProcess[str]]
ADD = ("region", "add", "eu-west-3", "--env", "dev")
KILLS = 10
KILLED = """
import os, signal, sys
from fleet.cli.main import main
left = int(os.environ["KILL_AT"])
def count(event, arguments):
    global left
    staged = event == "open" and ".fleet-edit" in str(arguments[0])
    if staged or event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if os.environ.get("COUNT"):
            print(left, file=sys.stderr)
sys.addaudithook(count)
main()
"""


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(project: Path) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "next")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml", "stacks", ".gitignore"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    git(folder, "init", "-q")
    commit(folder)
    return folder


def call(folder: Path, *words: str, program: tuple[str, ...] = ("-m", "fleet.cli"), **environment: str) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, *program, *words], cwd=folder, capture_output=True, text=True, env=everything, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def fleet(project: Path) -> Fleet:
    return lambda *words: call(project, *words)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_kills_at_ten_moments_leave_the_old_files_or_the_new_after_the_next_verb(project: Path, tmp_path: Path) -> None:
    whole = Path(shutil.copytree(project, tmp_path / "whole"))
    acts = [
        int(line) for line in call(whole, *ADD, program=("-c", KILLED), KILL_AT="0", COUNT="1").stderr.split() if line.lstrip("-").isdigit()
    ]
    old, new = tree(project), tree(whole)
    assert old != new and len(acts) > 2 * KILLS
    outcomes = set()
    for moment in range(KILLS):
        folder = Path(shutil.copytree(project, tmp_path / str(moment)))
        at = 1 + (moment * 7919) % len(acts)  # anywhere, and the same in every run
        assert call(folder, *ADD, program=("-c", KILLED), KILL_AT=str(at)).returncode == -signal.SIGKILL
        assert call(folder, "validate").returncode == 0
        assert tree(folder) in (old, new), f"a mixture after a kill at act {at} of {len(acts)}"
        outcomes.add(tree(folder) == new)
    assert outcomes == {True, False}, "kills on either side of the decision were tried"


def test_a_verb_that_ends_a_killed_edit_says_so(project: Path, fleet: Fleet) -> None:
    (project / ".fleet-edit").mkdir()
    assert "an edit that was killed while it was written is undone now" in fleet("validate").stderr
    assert not (project / ".fleet-edit").exists()


def test_json_has_the_diff_the_plan_the_quotas_and_the_steps(project: Path, fleet: Fleet) -> None:
    found: dict[str, Any] = json.loads(fleet(*ADD, "--format", "json").stdout)
    assert found["written"] == ["fleet.lock.yaml", "fleet.yaml", "stacks/dev/core-dev-eu-west-3.json", "stacks/dev/networks.json"]
    assert "+  eu-west-3: { jurisdiction: EU } # AWS, Paris" in found["diff"]
    assert {change["object"] for change in found["plan"]["changes"]} == {"dev/core-dev-eu-west-3", "dev/dev-eu-west-3"}
    assert {"L-F678F1CE", "L-1216C47A"} <= {quota["quota"] for quota in found["quotas"]}
    assert all(quota["source"] and quota["needed"] for quota in found["quotas"])
    assert found["steps"] and not found["stopped"] and not found["dryRun"]
    assert json.loads(fleet("region", "add", "eu-wset-3", "--env", "dev", "--format", "json").stdout)["problems"][0]["line"]


@pytest.mark.parametrize(
    ("name", "said"), [("fleet.lock.yaml", "run `fleet lock` first"), ("stacks/dev/networks.json", "run `fleet generate` first")]
)
def test_an_edit_brings_nothing_but_itself(project: Path, fleet: Fleet, name: str, said: str) -> None:
    (project / name).unlink()
    before = tree(project)
    done = fleet(*ADD)
    assert done.returncode == 1 and said in done.stderr and tree(project) == before


def test_a_region_for_which_no_range_is_left_is_refused(project: Path, fleet: Fleet) -> None:
    text = (project / "fleet.yaml").read_text()
    full = "reserved:\n    lab: 10.9.0.0/16\n    shop: 10.11.0.0/16\n    plant: 10.12.0.0/14\n"
    (project / "fleet.yaml").write_text(text.replace("nodes: 10.0.0.0/9", "nodes: 10.0.0.0/12").replace("reserved:\n", full, 1))
    before = tree(project)
    done = fleet(*ADD)
    assert done.returncode == 1 and "no /16 is left in addressing.pools.nodes (10.0.0.0/12) for network dev-eu-west-3" in done.stderr
    assert tree(project) == before


def test_an_edit_lands_in_the_included_file_that_has_the_entry(project: Path, fleet: Fleet) -> None:
    text = (project / "fleet.yaml").read_text()
    head, rest = text.split("  batch: # interruptible")
    batch, tail = rest.split("\n# Exceptions")
    (project / "batch.yaml").write_text(f"clusters:\n  batch: # interruptible{batch}\n")
    (project / "fleet.yaml").write_text(f"{head}\n# Exceptions{tail}".replace("name: acme\n", "name: acme\ninclude: [batch.yaml]\n"))
    assert fleet("generate", "--check").returncode == 0
    commit(project)
    done = fleet("region", "add", "us-east-2", "--env", "prod", "--like", "us-east-1")
    assert done.returncode == 0, done.stderr
    assert "      prod: [us-east-1, us-east-2]" in (project / "batch.yaml").read_text()
    assert "us-east-2: { jurisdiction: US } # AWS, Ohio" in (project / "fleet.yaml").read_text()


def test_without_git_an_edit_is_written_all_the_same(project: Path, fleet: Fleet) -> None:
    shutil.rmtree(project / ".git")
    assert fleet(*ADD).returncode == 0
    assert fleet("generate", "--check").returncode == 0


def test_a_protected_region_goes_in_two_steps_each_with_its_waivers(project: Path, fleet: Fleet) -> None:
    key = project.parent / "alice"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (project / "waivers").mkdir()
    (project / "waivers/allowed_signers").write_text(f"alice@acme.example {key.with_suffix('.pub').read_text()}")
    commit(project)
    stacks = {path: content for path, content in tree(project).items() if path.startswith("stacks/")}
    for title, path in (("step 1 of 2", ("protect",)), ("removed", ())):
        done = fleet("region", "remove", "eu-central-1", "--env", "prod")
        assert done.returncode == 0 and title in done.stderr, done.stderr
        assert {name: content for name, content in tree(project).items() if name.startswith("stacks/")} == stacks, "stacks/ waits"
        assert fleet("generate").returncode == 1
        for object in ("prod/ledger-prod-eu-central-1", "prod/prod-eu-central-1"):
            signing = ("--owner", "alice@acme.example", "--key", str(key), "--reason", "moves", "--ticket", "OPS-1")
            assert fleet("waive", object, *path, *signing).returncode == 0
        assert fleet("generate").returncode == 0
        commit(project)
        stacks = {path: content for path, content in tree(project).items() if path.startswith("stacks/")}
    assert "eu-central-1" not in (project / "fleet.yaml").read_text() and "stacks/prod/ledger-prod-eu-central-1.json" not in stacks


def test_both_steps_at_once_are_refused(project: Path, fleet: Fleet) -> None:
    assert fleet("cluster", "remove", "ledger").returncode == 0
    text = (project / "fleet.yaml").read_text()
    git(project, "checkout", "-q", ".")
    (project / "fleet.yaml").write_text(text)
    before = tree(project)
    done = fleet("cluster", "remove", "ledger")
    assert done.returncode == 1 and tree(project) == before


def test_a_renamed_entry_keeps_its_override_and_a_plan_against_the_base_says_nothing_is_replaced(project: Path, fleet: Fleet) -> None:
    assert fleet("cluster", "rename", "core", "base").returncode == 0
    plan = json.loads(fleet("plan", "--format", "json").stdout)
    assert plan["summary"]["worst"] == "none" and {change["path"] for change in plan["changes"]} == {"name"}
    assert "renamed, nothing is replaced" in fleet("plan").stdout
    assert "~ cluster base-prod-us-east-1: was core-prod-us-east-1" not in fleet("lock").stdout, "the lock is written already"
    assert fleet("cluster", "rename", "base", "core").returncode == 0
    assert json.loads(fleet("plan", "--format", "json").stdout)["changes"] == []
