"""Edits by command, brought up by the real engine: a rename moves nothing, a new region comes up, a first fleet runs anywhere."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rehearsal import FLEET, ROOT, Rehearsal, commit, events, initialised


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """A repository of its own: the example without this project's packages, which come from where they are installed."""
    repository = tmp_path / "project"
    repository.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml", "stacks", "Pulumi.yaml", "__main__.py"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, repository / name)
    commit(repository)
    own = Rehearsal(tmp_path / "state", repository)
    yield own
    own.down()


def test_a_rename_replaces_and_deletes_nothing_and_a_region_is_added_beside(rehearsal: Rehearsal) -> None:
    rehearsal.up("dev")
    before = rehearsal.contents()
    assert deployed(rehearsal) == []
    rehearsal.fleet("cluster", "rename", "core", "base")
    assert deployed(rehearsal) == [("dev/base-dev-eu-west-1", "name"), ("dev/base-dev-europe-west4", "name")]
    assert operations(rehearsal.run("pulumi", "preview", "--json", "--stack", "dev").stdout) == {"same"}
    commit(rehearsal.repository)
    assert set(up(rehearsal, "dev")) == {"same"}, "nor does anything inside the clusters"
    assert deployed(rehearsal) == []
    assert rehearsal.contents() == before, "not one resource of the clouds differs"
    clusters = json.loads(rehearsal.run("pulumi", "stack", "output", "clusters", "--json", "-s", "dev").stdout)
    assert clusters["base-dev-eu-west-1"]["physicalName"] == "core-dev-eu-west-1"
    rehearsal.fleet("region", "add", "eu-west-3", "--env", "dev")
    added = up(rehearsal, "dev")
    assert set(added) == {"create", "same"} and added["create"] > 50
    rehearsal.expect_no_changes("dev")
    assert "base-dev-eu-west-3" in rehearsal.run("pulumi", "stack", "output", "clusters", "--json", "-s", "dev").stdout
    rehearsal.fleet("region", "remove", "eu-west-3", "--env", "dev")
    rehearsal.up("dev")
    assert {key for key in rehearsal.contents() if "eu-west-3" not in key} == set(before)


def test_a_renamed_cluster_without_its_alias_would_be_deleted(rehearsal: Rehearsal) -> None:
    """The proof that the engine would have told: the same rename by hand, where no commit gives the gate anything to protect."""
    rehearsal.up("dev")
    shutil.rmtree(rehearsal.repository / ".git")
    text = (rehearsal.repository / "fleet.yaml").read_text()
    (rehearsal.repository / "fleet.yaml").write_text(
        text.replace("  core:\n", "  base:\n", 1).replace("cluster: core }", "cluster: base }", 1)
    )
    rehearsal.fleet("lock")
    rehearsal.fleet("generate")
    found = operations(rehearsal.run("pulumi", "preview", "--json", "--stack", "dev", fails=False).stdout)
    assert {"create", "delete"} <= found


def test_init_in_an_empty_folder_is_rehearsed_there_at_once(tmp_path: Path) -> None:
    folder = initialised(tmp_path)
    own = Rehearsal(tmp_path / "state", folder)
    try:
        for words in (("validate",), ("lock", "--check"), ("generate", "--check")):
            own.fleet(*words)
        assert "core-dev-eu-west-1" in own.sandbox("up").stdout
        own.expect_no_changes("dev")
        own.run("pulumi", "preview", "--stack", "dev", "--policy-pack", "policies")
    finally:
        own.down()


def deployed(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """What the plan against what was last brought up says of dev, as (object, path); the other stacks are not up."""
    file = str(rehearsal.repository / "fleet.yaml")
    plan = json.loads(rehearsal.run(str(FLEET), "plan", "--deployed", "--format", "json", "--file", file).stdout)
    return [(change["object"], change["path"]) for change in plan["changes"] if change["object"].startswith("dev/")]


def operations(document: str) -> set[str]:
    """What a preview would do with resources of the clouds."""
    steps: list[dict[str, Any]] = json.loads(document).get("steps", [])
    return {step["op"] for step in steps} or {"same"}


def up(rehearsal: Rehearsal, stack: str) -> Counter[str]:
    """Bring a stack up; operation -> how many resources."""
    output = rehearsal.run("pulumi", "up", "--yes", "--skip-preview", "--json", "--stack", stack).stdout
    return Counter(event["resourcePreEvent"]["metadata"]["op"] for event in events(output) if "resourcePreEvent" in event)
