"""`fleet plan --deployed`: against the files that the last updates ran, named in the stacks' outputs and read from git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fleet.blueprint.files import blob_id, recorded
from fleet.cli.main import root

ROOT = Path(__file__).parents[2]
PULUMI = """#!/bin/sh
# What the CLI prints for `stack ls` and `stack output` (3.259.0), from files beside it.
case "$*" in
  *"stack ls --json"*) cat "$(dirname "$0")/stacks.json" ;;
  *"stack output --json --stack "*) cat "$(dirname "$0")/${*##* }.json" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, committed and said to be up as it is."""
    folder, tools = tmp_path / "project", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml", "stacks"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "base")
    (tools / "pulumi").write_text(PULUMI)
    (tools / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    monkeypatch.chdir(folder)
    up(folder, "dev", "staging", "prod")
    return folder


def up(project: Path, *stacks: str, **outputs: Any) -> None:
    """Let the stacks' last update have run what is in stacks/ now."""
    tools = project.parent / "tools"
    for stack in stacks:
        (tools / f"{stack}.json").write_text(json.dumps({"clusters": {}, "files": recorded(project / "stacks" / stack), **outputs}))
    (tools / "stacks.json").write_text(json.dumps([{"name": path.stem} for path in tools.glob("*.json") if path.stem != "stacks"]))


def call(*words: str) -> Result:
    return CliRunner().invoke(root, [*words], prog_name="fleet")


def test_nothing_differs_from_what_is_up(project: Path) -> None:
    done = call("plan", "--deployed")
    assert done.exit_code == 0 and done.stdout == "No changes against what was last brought up.\n"


def test_what_is_committed_and_not_up_yet_is_shown(project: Path) -> None:
    assert call("region", "add", "eu-west-3", "--env", "dev").exit_code == 0
    git(project, "add", ".")
    git(project, "commit", "-qm", "region")
    assert call("plan").stdout == "No changes against HEAD.\n"
    shown = call("plan", "--deployed").stdout
    assert "cluster core-dev-eu-west-3: (absent) -> eks" in shown and "2 changes against what was last brought up" in shown
    up(project, "dev")
    assert "No changes" in call("plan", "--deployed").stdout


def test_a_stack_that_was_never_up_is_all_new(project: Path) -> None:
    (project.parent / "tools/dev.json").write_text("{}")
    found = json.loads(call("plan", "--deployed", "--format", "json").stdout)
    assert {change["object"] for change in found["changes"]} == {"dev/dev", "dev/acme-dev", *(f"dev/{name}" for name in names(project))}


def names(project: Path) -> set[str]:
    shared = json.loads((project / "stacks/dev/networks.json").read_text())
    return {network["name"] for network in shared["networks"]} | {path.stem for path in (project / "stacks/dev").glob("core-*.json")}


def test_the_gate_judges_by_what_is_up(project: Path) -> None:
    (project / "fleet.yaml").write_text((project / "fleet.yaml").read_text().replace("prod: [eu-central-1]", "prod: [eu-west-1]"))
    done = call("plan", "--deployed")
    assert done.exit_code == 1 and "STOPPED   prod/ledger-prod-eu-central-1 is protected" in done.stdout


def test_a_content_that_git_does_not_have_is_told(project: Path) -> None:
    (project / "stacks/dev/networks.json").write_text("{}")
    up(project, "dev")
    done = call("plan", "--deployed")
    assert done.exit_code == 2 and "stacks/dev/networks.json was brought up with a content that is in no commit here" in done.stderr


def test_a_stack_that_recorded_nothing_is_told(project: Path) -> None:
    (project.parent / "tools/dev.json").write_text('{"clusters": {}}')
    done = call("plan", "--deployed")
    assert done.exit_code == 2 and "stack dev was last brought up by a fleet that recorded nothing" in done.stderr


def test_without_pulumi_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_only = project.parent / "git-only"
    git_only.mkdir()
    (git_only / "git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(git_only))
    done = call("plan", "--deployed")
    assert done.exit_code == 2 and "there is no `pulumi` on PATH" in done.stderr


@pytest.mark.parametrize("content", [b"", b"{}\n", "é\n".encode()])
def test_an_id_is_gits_own(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert blob_id(content) == git(tmp_path, "hash-object", "file").strip()
