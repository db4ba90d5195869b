"""The replacement firewall: what it stops, in which step, and what lets a change through."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LEDGER = "prod/ledger-prod-eu-central-1"
RETIRE = ("    labels: { tier: critical }", "    labels: { tier: critical }\n    retire: { prod: [eu-central-1] }")
REMOVE = ("      prod: [eu-central-1]", "      prod: [eu-west-1]")
Fleet = Callable[..., subprocess.CompletedProcess[str]]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, committed, with one person who may sign waivers."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    for who in ("alice", "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / who)], check=True)
    (folder / "waivers").mkdir()
    (folder / "waivers/allowed_signers").write_text(f"alice@acme.example {(tmp_path / 'alice.pub').read_text()}")
    git(folder, "init", "-q")
    commit(folder)
    return folder


@pytest.fixture
def fleet(project: Path) -> Fleet:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet.cli", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


def commit(project: Path) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-qm", "next")


def edit(project: Path, change: tuple[str, str], name: str = "fleet.yaml") -> None:
    text = (project / name).read_text()
    assert change[0] in text
    (project / name).write_text(text.replace(*change, 1))


def waive(
    fleet: Fleet, project: Path, *object: str, key: str = "alice", owner: str = "alice@acme.example"
) -> subprocess.CompletedProcess[str]:
    signing = ["--owner", owner, "--key", str(project.parent / key)]
    return fleet("waive", *object, "--reason", "moves to Ireland", "--ticket", "OPS-1", *signing)


def verdicts(fleet: Fleet) -> dict[str, Any]:
    gate: dict[str, Any] = json.loads(fleet("plan", "--format", "json").stdout)["gate"]
    return gate


def snapshot(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (project / "stacks").rglob("*") if path.is_file()}


def test_nothing_is_stopped_where_nothing_changes(fleet: Fleet) -> None:
    assert verdicts(fleet) == {"stopped": [], "waived": [], "refusedWaivers": [], "signersChanged": False}


def test_removing_a_protected_cluster_is_stopped_three_ways_and_writes_nothing(fleet: Fleet, project: Path) -> None:
    edit(project, REMOVE)
    assert fleet("lock").returncode == 0
    planned = fleet("plan")
    assert planned.returncode == 1
    assert planned.stdout.startswith(f"STOPPED   {LEDGER} is protected and would be deleted in one step. Caused by fleet.yaml:")
    before = snapshot(project)
    generated = fleet("generate")
    assert generated.returncode == 1 and "STOPPED" in generated.stderr and "nothing was written" in generated.stderr
    assert snapshot(project) == before


def test_no_waiver_lets_a_protected_object_go_in_one_step(fleet: Fleet, project: Path) -> None:
    edit(project, REMOVE)
    fleet("lock")
    done = waive(fleet, project, LEDGER)
    assert done.returncode == 2 and "no waiver can let this through" in done.stderr and "Step 1" in done.stderr
    assert not list((project / "waivers").glob("*.yaml"))


def test_unprotecting_and_removing_at_once_is_stopped_whatever_waivers_there_are(fleet: Fleet, project: Path) -> None:
    edit(project, RETIRE)
    assert waive(fleet, project, LEDGER, "protect").returncode == 0
    edit(
        project,
        ("      prod: [eu-central-1]\n    labels: { tier: critical }\n    retire: { prod: [eu-central-1] }", "      prod: [eu-west-1]"),
    )
    fleet("lock")
    assert {(each["object"], each["step"]) for each in verdicts(fleet)["stopped"]} >= {(LEDGER, "remove")}


def test_two_steps_with_a_waiver_each_let_a_cluster_go(fleet: Fleet, project: Path) -> None:
    edit(project, RETIRE)
    assert {(each["object"], each["step"]) for each in verdicts(fleet)["stopped"]} == {
        (LEDGER, "unprotect"),
        ("prod/prod-eu-central-1", "unprotect"),
    }
    for object in (LEDGER, "prod/prod-eu-central-1"):
        assert waive(fleet, project, object, "protect").returncode == 0
    shown = fleet("plan")
    assert shown.returncode == 0 and "step 1 of 2" in shown.stdout
    assert fleet("generate").returncode == 0
    commit(project)
    edit(
        project,
        ("      prod: [eu-central-1]\n    labels: { tier: critical }\n    retire: { prod: [eu-central-1] }", "      prod: [eu-west-1]"),
    )
    fleet("lock")
    assert {(each["object"], each["step"]) for each in verdicts(fleet)["stopped"]} == {
        (LEDGER, "remove"),
        ("prod/prod-eu-central-1", "remove"),
    }
    for object in (LEDGER, "prod/prod-eu-central-1"):
        assert waive(fleet, project, object).returncode == 0
    assert fleet("generate").returncode == 0
    assert not (project / "stacks/prod/ledger-prod-eu-central-1.json").exists()


def test_a_retired_cluster_keeps_its_network_protected_while_another_lives_in_it(fleet: Fleet, project: Path) -> None:
    edit(project, ("    nodePools:\n      general: null", "    retire: { prod: [us-east-1] }\n    nodePools:\n      general: null"))
    assert {each["object"] for each in verdicts(fleet)["stopped"]} == {"prod/batch-prod-us-east-1"}


def test_taking_node_capacity_away_needs_one_waiver_for_the_pool(fleet: Fleet, project: Path) -> None:
    edit(project, ("max: 24", "max: 18"))
    stopped = verdicts(fleet)["stopped"]
    assert [(each["path"], each["step"]) for each in stopped] == [("nodePools[general].max", "capacity")]
    assert waive(fleet, project, "prod/core-prod-us-east-1", "nodePools[general].max").returncode == 0
    assert not verdicts(fleet)["stopped"]
    edit(project, ("max: 18", "max: 15"))
    assert verdicts(fleet)["stopped"], "the waiver is for 24 to 18 and nothing else"


def test_a_namespace_of_a_protected_cluster_goes_with_one_waiver_and_in_one_step(fleet: Fleet, project: Path) -> None:
    edit(project, ("      ledger: { match: { class: data }, quota: { cpu: 24, memoryGiB: 192, pods: 60 } }\n", ""))
    (found,) = verdicts(fleet)["stopped"]
    assert "platform.namespaces[ledger] deleted, with everything in it" in found["why"] and "Step 1" not in found["next"]
    assert waive(fleet, project, LEDGER, "platform.namespaces[ledger]").returncode == 0
    assert verdicts(fleet)["stopped"] == []


def test_one_waiver_names_a_network_that_is_replaced_and_all_in_it(fleet: Fleet, project: Path) -> None:
    edit(project, RETIRE)
    for object in (LEDGER, "prod/prod-eu-central-1"):
        waive(fleet, project, object, "protect")
    fleet("generate")
    commit(project)
    (project / "fleet.lock.yaml").write_text((project / "fleet.lock.yaml").read_text().replace('"10.8.', '"10.77.'))
    assert [(each["object"], each["path"], each["step"]) for each in verdicts(fleet)["stopped"]] == [
        ("prod/prod-eu-central-1", "cidr", "replace")
    ]
    assert waive(fleet, project, "prod/prod-eu-central-1", "cidr").returncode == 0
    assert verdicts(fleet)["stopped"] == []


def test_no_waiver_takes_the_place_of_another_of_the_same_object(fleet: Fleet, project: Path) -> None:
    edit(
        project,
        ("    set: { nodePools: { general: { max: 24 } } }", "    set: { nodePools: { general: { max: 18 }, system: { max: 3 } } }"),
    )
    paths = {each["path"] for each in verdicts(fleet)["stopped"]}
    assert paths == {"nodePools[general].max", "nodePools[system].max"}
    for path in paths:
        assert waive(fleet, project, "prod/core-prod-us-east-1", path).returncode == 0
    assert verdicts(fleet)["stopped"] == [] and len(list((project / "waivers").glob("*.yaml"))) == 2


def test_removing_a_pool_of_a_protected_cluster_is_stopped(fleet: Fleet, project: Path) -> None:
    edit(project, ("    class: data\n    in:", "    class: data\n    nodePools: { memory: null }\n    in:"))
    assert ("nodePools[memory]", "capacity") in {(each["path"], each["step"]) for each in verdicts(fleet)["stopped"]}


def test_adding_capacity_and_an_unprotected_environment_need_no_waiver(fleet: Fleet, project: Path) -> None:
    edit(project, ("max: 24", "max: 27"))
    edit(project, ("      dev: [eu-west-1, europe-west4]", "      dev: [europe-west4]"))
    fleet("lock")
    assert not verdicts(fleet)["stopped"]
    assert fleet("generate").returncode == 0


def rewrite(project: Path, **changes: Any) -> None:
    path = next((project / "waivers").glob("*.yaml"))
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))


def sign_again(project: Path, key: str = "alice", namespace: str = "fleet-waiver") -> None:
    path = next((project / "waivers").glob("*.yaml"))
    Path(f"{path}.sig").unlink(missing_ok=True)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(project.parent / key), str(path)], check=True, capture_output=True
    )


def expire(project: Path) -> None:
    rewrite(project, expires=date.today() - timedelta(days=1))
    sign_again(project)


def for_a_year(project: Path) -> None:
    rewrite(project, expires=date.today() + timedelta(days=365))
    sign_again(project)


def altered(project: Path) -> None:
    rewrite(project, reason="another")


def unsigned(project: Path) -> None:
    next((project / "waivers").glob("*.sig")).unlink()


def forged(project: Path) -> None:
    sign_again(project, key="mallory")


def for_git(project: Path) -> None:
    sign_again(project, namespace="git")


def too_broad(project: Path) -> None:
    rewrite(project, object="prod/*")
    sign_again(project)


def no_object(project: Path) -> None:
    rewrite(project, object="prod")
    sign_again(project)


def no_reason(project: Path) -> None:
    rewrite(project, reason=" ")
    sign_again(project)


def another_key(project: Path) -> None:
    rewrite(project, sudo=True)
    sign_again(project)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (expire, "it expired on"),
        (for_a_year, "more than 90 days"),
        (altered, "is not one of alice@acme.example over this content"),
        (unsigned, "it is not signed"),
        (forged, "is not one of alice@acme.example"),
        (for_git, "is not one of alice@acme.example"),
        (too_broad, "too broad"),
        (no_object, "too broad"),
        (no_reason, "its reason is empty"),
        (another_key, "it is no waiver"),
    ],
)
def test_a_waiver_that_does_not_hold_is_refused_with_the_reason(
    fleet: Fleet, project: Path, spoil: Callable[[Path], None], why: str
) -> None:
    edit(project, ("max: 24", "max: 18"))
    assert waive(fleet, project, "prod/core-prod-us-east-1", "nodePools[general].max").returncode == 0
    spoil(project)
    gate = verdicts(fleet)
    assert len(gate["stopped"]) == 1
    assert why in gate["refusedWaivers"][0]["why"]


def test_a_change_cannot_bring_its_own_signer(fleet: Fleet, project: Path) -> None:
    edit(project, ("max: 24", "max: 18"))
    signers = project / "waivers/allowed_signers"
    signers.write_text(signers.read_text() + f"mallory@acme.example {(project.parent / 'mallory.pub').read_text()}")
    assert (
        waive(fleet, project, "prod/core-prod-us-east-1", "nodePools[general].max", key="mallory", owner="mallory@acme.example").returncode
        == 0
    )
    gate = verdicts(fleet)
    assert gate["stopped"] and gate["signersChanged"]
    assert fleet("plan").stdout.startswith("SIGNERS CHANGE")


def test_waive_says_what_there_is_to_waive(fleet: Fleet, project: Path) -> None:
    assert "stops nothing" in waive(fleet, project, "prod/core-prod-us-east-1").stderr
    edit(project, ("max: 24", "max: 18"))
    wrong = waive(fleet, project, "prod/core-prod-us-east-1", "nodePools[generl].max")
    assert wrong.returncode == 2 and 'Did you mean "prod/core-prod-us-east-1 nodePools[general].max"?' in wrong.stderr
