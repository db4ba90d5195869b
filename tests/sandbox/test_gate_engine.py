"""The gate and the engine together, on a small fleet that is up: what no waiver holds for deletes nothing, what two hold for goes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from rehearsal import FLEET, Rehearsal, commit, initialised

from fleet.catalog import replacement
from fleet.diff import risk
from fleet.diff.compare import compare
from fleet.diff.model import Risk

CLUSTER, NETWORK = "prod/core-prod-eu-west-1", "prod/prod-eu-west-1"
PLACE = ("jurisdiction: EU } # AWS, Ireland", "jurisdiction: EU }\n  eu-west-3: { jurisdiction: EU }")
HERE = "      prod: [eu-west-1]\n"
RETIRED = f"{HERE}    retire: {{ prod: [eu-west-1] }}\n"
ELSEWHERE = "      prod: [eu-west-3]\n"
UP = ("pulumi", "up", "--yes", "--stack", "prod")


@dataclass(frozen=True)
class World:
    """A repository with signers, its prod up in a sandbox."""

    own: Rehearsal
    keys: Path

    @property
    def folder(self) -> Path:
        return self.own.repository

    def edit(self, old: str, new: str, name: str = "fleet.yaml") -> None:
        text = (self.folder / name).read_text()
        assert old in text, old
        (self.folder / name).write_text(text.replace(old, new))

    def fleet(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(FLEET), *words], cwd=self.folder, capture_output=True, text=True, check=False)

    def stopped(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.fleet("plan", "--format", "json").stdout)["gate"]["stopped"]
        return found

    def waive(self, *subject: str, key: str = "alice") -> None:
        said = ["--reason", "moves", "--ticket", "OPS-1", "--owner", f"{key}@shop.example", "--key", str(self.keys / key)]
        done = self.fleet("waive", *subject, *said)
        assert done.returncode == 0, done.stderr

    def waive_all(self) -> None:
        for one in self.stopped():
            self.waive(*filter(None, (one["object"], one["path"])))
        assert self.stopped() == []

    def generate_past_the_gate(self) -> None:
        """As somebody would who means to: without a commit the gate has nothing to compare with."""
        shutil.move(self.folder / ".git", self.keys / "git")
        try:
            self.own.fleet("generate")
        finally:
            shutil.move(self.keys / "git", self.folder / ".git")

    def back(self) -> None:
        for words in (("reset", "-q", "--hard"), ("clean", "-qfd")):
            subprocess.run(["git", "-C", str(self.folder), *words], check=True)

    def stands(self) -> set[tuple[str, str]]:
        """What is in the clouds, as (type, id)."""
        return {(item.type, item.id) for item in self.own.stored() if not item.kept}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    place = tmp_path_factory.mktemp("gate")
    folder = initialised(place)
    for who in ("alice", "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place / who)], check=True)
    found = World(Rehearsal(place / "state", folder), place)
    (found.folder / "waivers").mkdir(exist_ok=True)
    (found.folder / "waivers/allowed_signers").write_text(f"alice@shop.example {(place / 'alice.pub').read_text()}")
    found.edit(*PLACE)
    for words in (("lock",), ("generate",)):
        found.own.fleet(*words)
    commit(found.folder)
    found.own.up("prod")
    yield found
    found.own.down()


@pytest.fixture(autouse=True)
def committed(world: World) -> Iterator[None]:
    yield
    world.back()


def waiver(world: World) -> Path:
    (found,) = (world.folder / "waivers").glob(f"*{CLUSTER.partition('/')[2]}*.yaml")
    return found


def rewrite(world: World, **fields: Any) -> None:
    path = waiver(world)
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **fields}))


def sign(world: World, key: str) -> None:
    path = waiver(world)
    Path(f"{path}.sig").unlink()
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "fleet-waiver", "-f", str(world.keys / key), str(path)]
    subprocess.run(command, check=True, capture_output=True)


def expired(world: World) -> None:
    rewrite(world, expires=date.today() - timedelta(days=1))
    sign(world, "alice")


def of_another_object(world: World) -> None:
    rewrite(world, object="prod/core-prod-eu-west-3")
    sign(world, "alice")


def forged(world: World) -> None:
    sign(world, "mallory")


def altered(world: World) -> None:
    rewrite(world, reason="another")


def of_an_unknown_signer(world: World) -> None:
    rewrite(world, owner="mallory@shop.example")
    sign(world, "mallory")


@pytest.mark.parametrize("spoil", [expired, of_another_object, forged, altered, of_an_unknown_signer])
def test_a_waiver_that_does_not_hold_lets_nothing_through_to_the_engine(world: World, spoil: Callable[[World], None]) -> None:
    stands = world.stands()
    world.edit(HERE, RETIRED)
    world.waive(NETWORK, "protect")
    world.waive(CLUSTER, "protect")
    spoil(world)
    assert world.fleet("plan").returncode == 1
    assert world.fleet("generate").returncode == 1
    said = world.own.run(*UP, fails=True)
    assert "not what fleet.yaml says now" in said.stdout + said.stderr
    assert world.stands() == stands


def test_who_gets_past_the_gate_is_refused_by_the_engine(world: World) -> None:
    stands = world.stands()
    world.edit(HERE, ELSEWHERE)
    world.own.fleet("lock")
    assert world.fleet("generate").returncode == 1
    world.generate_past_the_gate()
    said = world.own.run(*UP, fails=True)
    assert "cannot be deleted" in said.stdout + said.stderr and "protected" in said.stdout + said.stderr
    assert world.stands() == stands


def test_a_replacement_that_the_table_does_not_know_is_refused_by_the_engine(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stands = world.stands()
    before = rendered(world)
    move_network(world)
    world.generate_past_the_gate()
    assert network_risk(before, rendered(world)) == Risk.REPLACE
    table = {type: {name: row for name, row in rows.items() if type != "aws:ec2/vpc:Vpc"} for type, rows in replacement().items()}
    monkeypatch.setattr(risk, "replacement", lambda: table)
    risk.reasons.cache_clear()
    try:
        assert network_risk(before, rendered(world)) < Risk.REPLACE, "the plan would let it through"
    finally:
        risk.reasons.cache_clear()
    said = world.own.run(*UP, fails=True)
    assert "unable to replace" in said.stdout + said.stderr and "protect" in said.stdout + said.stderr
    assert world.stands() == stands


def test_two_waived_steps_replace_and_two_remove(world: World) -> None:
    """Step 1 once, for both: unprotected. Then the cluster gets another range of services, which replaces it; then it goes elsewhere."""
    old = world.stands()
    world.edit(HERE, RETIRED)
    world.waive_all()
    update(world)
    assert world.stands() == old
    made = born(world)
    renumber_services(world)
    assert {(one["object"], one["step"]) for one in world.stopped()} == {(CLUSTER, "replace")}
    world.waive_all()
    update(world)
    assert born(world) != made
    world.own.expect_no_changes("prod")
    world.edit(RETIRED, ELSEWHERE)
    world.own.fleet("lock")
    world.waive_all()
    update(world)
    clusters = {id for type, id in world.stands() if type == "aws:eks/cluster:Cluster"}
    assert clusters == {"core-prod-eu-west-3"}
    world.own.expect_no_changes("prod")


def update(world: World) -> None:
    """Generate, commit, and bring up by the plain CLI, with its preview."""
    world.own.fleet("generate")
    commit(world.folder)
    world.own.run(*UP)


def born(world: World) -> str:
    """What tells the cluster in eu-west-1 from one of the same name: its certificate authority."""
    (found,) = [item for item in world.own.stored() if item.type == "aws:eks/cluster:Cluster" and not item.kept]
    return str(found.outputs["certificateAuthority"])


def renumber_services(world: World) -> None:
    """Give prod's cluster another range of services, as somebody who edits the lock by hand."""
    lines = (world.folder / "fleet.lock.yaml").read_text().splitlines(keepends=True)
    entry = next(number for number, line in enumerate(lines) if line.startswith("  core-prod-eu-west-1:"))
    number = next(number for number, line in enumerate(lines) if number > entry and '"services"' in line)
    lines[number] = lines[number].replace('"services": "172.20.0.0/20"', '"services": "172.20.64.0/20"')
    (world.folder / "fleet.lock.yaml").write_text("".join(lines))


def move_network(world: World) -> None:
    """Give prod's network another range, as somebody who edits the lock by hand."""
    cidr = json.loads((world.folder / "stacks/prod/networks.json").read_text())["networks"][0]["cidr"]
    start = ".".join(cidr.split(".")[:2])
    text = (world.folder / "fleet.lock.yaml").read_text()
    assert f"{start}." in text
    (world.folder / "fleet.lock.yaml").write_text(text.replace(f"{start}.", "10.77."))


def rendered(world: World) -> dict[str, bytes]:
    paths = (world.folder / "stacks").rglob("*.json")
    return {os.path.relpath(path, world.folder): path.read_bytes() for path in paths}


def network_risk(before: dict[str, bytes], after: dict[str, bytes]) -> Risk:
    """What the plan says of the network's own range."""
    found = [change for change in compare(before, after, lambda *_: None) if str(change.object) == NETWORK and change.path == "cidr"]
    return max(change.risk for change in found)
