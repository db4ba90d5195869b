"""The sandbox's verbs where no engine is needed: paths, faults, edits, status and the end of a sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cloud.database import FILE, open_store
from sandbox.cloud.request import Caller, Stored
from sandbox.shell.commands import command, steps
from sandbox.shell.problem import ShellProblem

VPC = "aws:ec2/vpc:Vpc"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    (folder / "stacks" / "Pulumi.dev.yaml").write_text("config: {}\n")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FLEET_SANDBOX", raising=False)
    return folder


def call(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(command, list(words))
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("scalingConfig.minSize", ["scalingConfig", "minSize"]),
        ("subnetIds[0]", ["subnetIds", 0]),
        ('tags["a.b"].c', ["tags", "a.b", "c"]),
    ],
)
def test_a_property_path_is_keys_and_indexes(path: str, expected: list[str | int]) -> None:
    assert steps(path) == expected


@pytest.mark.parametrize("path", ["tags[", "a..b", "[x]"])
def test_what_is_no_path_is_refused_with_examples(path: str) -> None:
    with pytest.raises(ShellProblem, match="scalingConfig.minSize"):
        steps(path)


def test_faults_are_armed_listed_and_cleared(repository: Path) -> None:
    call("fault", "arm", "throttle", "--type", VPC, "--times", "2")
    assert "throttle" in call("fault", "list").output and VPC in call("status").output
    call("fault", "clear")
    assert call("fault", "list").output == "none armed\n"


def test_an_unknown_fault_is_answered_with_the_known_ones(repository: Path) -> None:
    assert "throttle" in call("fault", "arm", "earthquake", code=2).output


def test_an_edit_changes_the_cloud_and_not_more(repository: Path) -> None:
    store = open_store(repository / ".sandbox")
    store.insert(Stored(VPC, "vpc-1", Caller("aws", "1", "eu-west-1", "arn:x"), {"tags": {"a": "1"}}, {"tags": {"a": "1"}}))
    call("edit", VPC, "vpc-1", 'tags["a"]', "2")
    assert store.one(VPC, "vpc-1").outputs == {"tags": {"a": 2}}
    call("edit", VPC, "vpc-1")
    assert store.all(VPC) == []
    store.close()


def test_an_edit_of_nothing_says_what_is_not_there(repository: Path) -> None:
    assert "vpc-9 does not exist" in call("edit", VPC, "vpc-9", "tags", "1", code=2).output


def test_the_status_of_a_sandbox_that_never_was_is_a_status(repository: Path) -> None:
    found = json.loads(call("status", "--format", "json").output)
    assert not found["served"]
    assert [(item["name"], item["initialised"]) for item in found["stacks"]] == [("dev", False)]
    assert not (repository / ".sandbox").exists()


def test_clouds_of_another_version_are_one_message(repository: Path) -> None:
    (repository / ".sandbox").mkdir()
    (repository / ".sandbox" / FILE).write_bytes(b"no database")
    assert "cannot read the clouds" in call("status", code=2).output


def test_a_directory_that_is_no_sandbox_is_never_purged(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "precious"
    other.mkdir()
    (other / "file").write_text("kept")
    assert "does not look like a sandbox" in call("--state", str(other), "down", "--purge", code=2).output
    assert (other / "file").read_text() == "kept"


def test_ending_a_sandbox_that_never_was_is_no_error(repository: Path) -> None:
    assert "there is no sandbox" in call("down").output
