"""`fleet doctor` says what is here, and what to do about what is not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.cli.doctor import command
from toolchain.tool import LANGUAGE_HOST
from toolchain.tools import all_tools

PULUMI = all_tools()["pulumi"]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but git, and an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script(folder, "git", "git version 2.39.5")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("FLEET_CACHE", str(tmp_path / "cache"))
    return folder


def script(folder: Path, name: str, answer: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
    (folder / name).chmod(0o755)


def rows(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    result = CliRunner().invoke(command, ["--format", "json", *arguments])
    return result.exit_code, {row["name"]: row for row in json.loads(result.stdout)["tools"]}


def test_a_missing_tool_ends_with_2_and_says_how_to_get_it(tools: Path) -> None:
    code, found = rows()
    assert code == 2
    assert found["pulumi"]["verdict"] == "missing"
    assert found["pulumi"]["todo"] == f"run `make toolchain` (about 5 minutes), or install: {PULUMI.install_page}"


def test_an_old_pulumi_is_named_with_its_place(tools: Path) -> None:
    script(tools, "pulumi", "v3.100.0")
    code, found = rows()
    assert code == 2
    assert found["pulumi"]["todo"].startswith(f"{tools / 'pulumi'} is 3.100.0, {PULUMI.version} or newer is needed: ")


def test_an_official_installation_is_all_it_takes(tools: Path) -> None:
    script(tools, "pulumi", f"v{PULUMI.version}")
    script(tools, LANGUAGE_HOST, "")
    code, found = rows()
    assert code == 0
    assert [found[name]["origin"] for name in ("pulumi", LANGUAGE_HOST)] == ["PATH", "PATH"]
    assert found["go"]["verdict"] == "absent" and found["git"]["version"] == "2.39.5"


def test_a_tool_for_one_thing_only_is_named_with_what_lacks_without_it(tools: Path) -> None:
    script(tools, "pulumi", f"v{PULUMI.version}")
    script(tools, LANGUAGE_HOST, "")
    code, found = rows()
    assert code == 0
    assert found["etcd"]["verdict"] == "absent"
    assert found["etcd"]["todo"].startswith("the sandbox has no clusters until you run `make toolchain` (about 1 minutes), or install: ")
    assert found["opa"]["todo"].startswith("policies are not evaluated until you ")


def test_git_is_needed(tools: Path) -> None:
    (tools / "git").unlink()
    code, found = rows()
    assert code == 2 and found["git"]["todo"] == "install it: https://git-scm.com/downloads"


def test_the_text_is_a_line_a_tool_and_builds_nothing(tools: Path) -> None:
    result = CliRunner().invoke(command)
    assert [line.split()[0] for line in result.stdout.splitlines()][:3] == ["python", "pulumi", "git"]
    assert result.stderr == "Missing: pulumi.\n"
    assert not (tools.parent / "cache").exists()
