"""The comment of ten kinds of change of the example fleet: golden, and its first screen says what a reviewer must know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gfm import Rendered

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "comments"
CASES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "cases.yaml").read_text())
FIRST_SCREEN = 20


def git(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "GIT_AUTHOR_DATE": "2026-11-24T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-24T00:00:00Z"}
    identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, env=environment)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the example as it is here."""
    folder = tmp_path_factory.mktemp("base")
    for name in ("fleet.yaml", "fleet.lock.yaml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    return folder


def commit(folder: Path) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()


def fleet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fleet.cli", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def comment_of(case: str, base: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    shutil.copytree(base, folder / "work")
    for name, edits in (("fleet.yaml", CASES[case]["edits"]), ("fleet.lock.yaml", CASES[case].get("lock", ()))):
        path = folder / "work" / name
        for old, new in edits:
            assert old in path.read_text(), old
            path.write_text(path.read_text().replace(old, new))
    done = fleet(folder / "work", "pr", "--base", "HEAD", "--output", str(folder / "report"))
    assert done.returncode == (1 if CASES[case].get("stopped") else 0), done.stderr
    return done


@pytest.mark.parametrize("case", CASES)
def test_the_comment_of_a_kind_of_change(case: str, base: Path, tmp_path: Path, golden: Callable[[Path, bytes], None]) -> None:
    text = comment_of(case, base, tmp_path).stdout
    golden(FOLDER / f"{case}.md", text.replace(commit(base), "COMMIT").encode())
    assert (tmp_path / "report/report.html").is_file() and (tmp_path / "report/report.json").is_file()
    _first_screen(CASES[case], text, tmp_path / "work")
    whole = Rendered(text)
    assert not whole.open and whole.tags["details"] >= 2 and whole.comments == [" fleet-pr v1 acme "]
    for words in CASES[case].get("below", ()):
        assert words in whole.text, words


def _first_screen(case: dict[str, Any], text: str, work: Path) -> None:
    """The worst risk, the object, the line that caused it, who is hit, and the way out, as a person reads them."""
    first = Rendered("\n".join(text.splitlines()[:FIRST_SCREEN])).text
    title, block = first.split("\n", 1)[0], dict(re.findall(r"^(Cause|Hit|Way out|On purpose): (.+)$", first, flags=re.M))
    assert re.search(rf"(STOPPED by the gate \(\d+\): )?[^,;]* {case['worst']}", title) and re.search(r"\d+ of \d+ clusters hit", title)
    assert title.startswith("STOPPED") == bool(case.get("stopped")) == ("Step 1" in block.get("On purpose", ""))
    assert re.search(rf"^(.*: )?{re.escape(case['object'])}( would.*)?$", first, flags=re.M)
    name = case.get("file", "fleet.yaml")
    line = re.search(rf"{re.escape(name)}:(\d+)", block["Cause"])
    assert line and case["line"] in (work / name).read_text().splitlines()[int(line[1]) - 1]
    assert (
        re.search(r"\d+ of \d+ clusters in \w+", block["Hit"])
        and re.search(r"teams \w+", block["Hit"])
        and re.search(r"\b(EU|US)\b", block["Hit"])
    )
    assert len(block["Way out"]) > 20
    for words in case["says"]:
        assert words in first, words


def test_no_change_is_said_and_leaves_no_old_counts(base: Path) -> None:
    text = fleet(base, "pr", "--base", "HEAD").stdout
    assert text.startswith("**No changes**") and "|" not in text.splitlines()[0]
    assert "<!-- fleet-pr v1 acme -->" in text


def test_the_same_comparison_gives_the_same_bytes(base: Path, tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
    assert comment_of("version-bump", base, tmp_path / "one").stdout == comment_of("version-bump", base, tmp_path / "two").stdout


def commit_all(work: Path) -> str:
    git(work, "add", "-A")
    git(work, "commit", "-qm", "next")
    return commit(work)


def test_a_base_whose_findings_cannot_be_told_is_said_and_compared(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    text = (work / "fleet.yaml").read_text()
    (work / "fleet.yaml").write_text("nonsense: true\n")
    commit_all(work)
    (work / "fleet.yaml").write_text(text)
    done = fleet(work, "pr", "--base", "HEAD")
    assert done.returncode == 0 and "the base could not be checked" in Rendered(done.stdout).text
    assert done.stdout.startswith("**No changes**")


def test_a_broken_head_is_one_comment_without_counts(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    (work / "fleet.yaml").write_text((work / "fleet.yaml").read_text().replace("class: data", "class: date"))
    done = fleet(work, "pr", "--base", "HEAD", "--flavour", "gitlab")
    assert done.returncode == 1 and done.stdout.startswith("**The change cannot be reviewed**")
    assert "`fleet.yaml:105`" in done.stdout and "Did you mean" in done.stdout
    assert done.stdout.endswith("<!-- fleet-pr v1 acme -->\n") and "clusters" not in done.stdout.splitlines()[0]


def test_a_base_that_is_none_is_a_message_and_no_comment(base: Path) -> None:
    done = fleet(base, "pr", "--base", "nonsense")
    assert done.returncode == 2 and not done.stdout and "Name a commit" in done.stderr


def test_the_order_of_keys_and_comments_change_nothing(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    lines = (work / "fleet.yaml").read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith('  kubernetes: "1.35"'))
    lines[at], lines[at + 1] = f"{lines[at + 1]}, and why", lines[at]
    (work / "fleet.yaml").write_text("\n".join(lines))
    assert fleet(work, "pr", "--base", "HEAD").stdout.startswith("**No changes**")


def test_a_head_is_read_from_git_alone_and_blames_its_own_lines(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    first = commit(work)
    text = (work / "fleet.yaml").read_text()
    (work / "fleet.yaml").write_text("# one more line\n" + text.replace("max: 24", "max: 30"))
    assert fleet(work, "lock").returncode == 0 and fleet(work, "generate").returncode == 0
    head = commit_all(work)
    here = fleet(work, "pr", "--base", first).stdout
    git(work, "checkout", "-q", first)
    done = fleet(work, "pr", "--base", first, "--head", head)
    line = next(number for number, found in enumerate(text.splitlines(), 2) if "max: 24" in found)
    assert f"`fleet.yaml:{line}`" in done.stdout and f"`{head}`" in done.stdout
    assert done.stdout.splitlines()[:4] == here.splitlines()[:4]
    assert (work / "fleet.yaml").read_text() == text


def test_a_head_with_stale_stacks_is_said(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    (work / "fleet.yaml").write_text((work / "fleet.yaml").read_text().replace("max: 24", "max: 30"))
    head = commit_all(work)
    assert "stacks/ is not what fleet.yaml says" in fleet(work, "pr", "--base", "HEAD~1", "--head", head).stdout


def test_a_head_that_includes_what_is_outside_the_project_is_refused(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    (tmp_path / "secret.yaml").write_text("teams: {}\n")
    (work / "fleet.yaml").write_text("include: [../secret.yaml]\n" + (work / "fleet.yaml").read_text())
    head = commit_all(work)
    done = fleet(work, "pr", "--base", "HEAD~1", "--head", head)
    assert done.returncode == 1 and "leads out of the project" in Rendered(done.stdout).text
