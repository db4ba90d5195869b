"""The comment of eleven kinds of change of the example fleet: golden, and its first screen says what a reviewer must know."""

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
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "comments"
CASES: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "cases.yaml").read_text())
FIRST_SCREEN = 20
RISKS = ("destroy", "replace", "disruptive", "rolling", "in-place", "none")


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
    golden(
        FOLDER / f"{case}.md", re.sub(r"digest `[0-9a-f]+`", "digest `DIGEST`", re.sub(r"HEAD [0-9a-f]{7,}", "HEAD COMMIT", text)).encode()
    )
    first = text.splitlines()[:FIRST_SCREEN]
    html = MarkdownIt("commonmark").enable("table").render("\n".join(first))
    rows = [line for line in first if re.match(r"\| (\*\*)?(" + "|".join(RISKS) + ")", line)]
    if CASES[case]["worst"]:
        assert rows and CASES[case]["worst"] in rows[0].split("|")[1]
    else:
        assert not rows
    assert "fleet.yaml:" in html or "fleet.lock.yaml:" in html
    for word in CASES[case]["says"]:
        shown = text if word in CASES[case].get("where_anywhere", ()) else "\n".join(first)
        assert word in shown, word
    if CASES[case].get("stopped"):
        assert first[0].startswith("**STOPPED by the gate")
        assert "Step 1" in "\n".join(first)
    assert (tmp_path / "report/report.html").is_file() and (tmp_path / "report/report.json").is_file()


def test_no_change_is_said_and_leaves_no_old_counts(base: Path) -> None:
    text = fleet(base, "pr", "--base", "HEAD").stdout
    assert text.startswith("**No changes**") and "|" not in text.splitlines()[0]
    assert "<!-- fleet-pr v1 acme -->" in text


def test_the_same_comparison_gives_the_same_bytes(base: Path, tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
    assert comment_of("version-bump", base, tmp_path / "one").stdout == comment_of("version-bump", base, tmp_path / "two").stdout


def test_a_base_that_cannot_be_checked_is_said(base: Path, tmp_path: Path) -> None:
    work = shutil.copytree(base, tmp_path / "work")
    text = (work / "fleet.yaml").read_text()
    (work / "fleet.yaml").write_text("nonsense: true\n")
    git(work, "add", "-A")
    git(work, "commit", "-qm", "broken")
    (work / "fleet.yaml").write_text(text)
    done = fleet(work, "pr", "--base", "HEAD")
    assert done.returncode == 0 and "the base could not be checked" in done.stdout
