"""What each verb that edits fleet.yaml says and does to the example: exit code, output, and the diff of everything written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from fleet.cli.main import root

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "edits"
EDITS: dict[str, tuple[str, ...]] = {
    "region-add": ("region", "add", "eu-west-3", "--env", "dev"),
    "region-add-like": ("region", "add", "eu-north-1", "--env", "prod", "--like", "eu-central-1"),
    "region-add-other-cloud": ("region", "add", "europe-west1", "--env", "prod", "--like", "europe-west4"),
    "region-add-opt-in": ("region", "add", "eu-south-1", "--env", "staging"),
    "region-remove": ("region", "remove", "eu-west-1", "--env", "dev"),
    "region-remove-protected": ("region", "remove", "us-east-1", "--env", "prod"),
    "cluster-add": ("cluster", "add", "web", "--class", "standard", "--in", "dev=eu-west-1,eu-north-1", "--in", "staging=eu-west-1"),
    "cluster-clone": ("cluster", "clone", "ledger", "accounts"),
    "cluster-clone-elsewhere": ("cluster", "clone", "ledger", "accounts", "--in", "prod=eu-west-1"),
    "cluster-remove": ("cluster", "remove", "core", "--env", "staging", "--region", "europe-west4"),
    "cluster-remove-protected": ("cluster", "remove", "ledger"),
    "cluster-rename": ("cluster", "rename", "core", "base"),
    "environment-add": ("environment", "add", "qa", "--like", "staging", "--aws", "444444444444", "--gcp", "acme-qa"),
    "environment-add-empty": ("environment", "add", "qa", "--like", "dev", "--aws", "444444444444", "--gcp", "acme-qa", "--empty"),
}
REFUSED: dict[str, tuple[str, ...]] = {
    "no-such-region": ("region", "add", "eu-wset-3", "--env", "dev"),
    "no-such-environment": ("region", "add", "eu-west-3", "--env", "prd"),
    "region-there": ("region", "add", "eu-west-1", "--env", "staging", "--like", "europe-west4"),
    "region-not-alike": ("region", "add", "eu-west-3", "--env", "dev", "--like", "us-east-1"),
    "region-lacks-a-type": ("region", "add", "eu-south-2", "--env", "dev"),
    "region-breaks-residency": ("region", "add", "eu-west-3", "--env", "prod"),
    "region-not-in-environment": ("region", "remove", "us-east-1", "--env", "dev"),
    "cluster-there": ("cluster", "add", "core", "--class", "standard", "--in", "dev=eu-west-1"),
    "cluster-of-no-class": ("cluster", "add", "web", "--class", "standrad", "--in", "dev=eu-west-1"),
    "cluster-with-no-name": ("cluster", "add", "Web_1", "--class", "standard", "--in", "dev=eu-west-1"),
    "cluster-nowhere": ("cluster", "add", "web", "--class", "standard", "--in", "dev"),
    "no-such-cluster": ("cluster", "rename", "ledgr", "accounts"),
    "rename-onto-another": ("cluster", "rename", "ledger", "core"),
    "clone-where-an-override-does-not-fit": ("cluster", "clone", "ledger", "accounts", "--in", "staging=eu-west-1"),
    "remove-where-it-is-not": ("cluster", "remove", "core", "--env", "prod", "--region", "eu-west-3"),
    "environment-there": ("environment", "add", "dev", "--like", "staging", "--aws", "444444444444", "--gcp", "acme-qa"),
    "environment-without-account": ("environment", "add", "qa", "--like", "staging", "--aws", "444444444444"),
    "environment-in-anothers-account": ("environment", "add", "qa", "--like", "staging", "--aws", "222222222222", "--gcp", "acme-qa"),
}


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edits") / "base"
    folder.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml", "stacks"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "base")
    return folder


class Then(date):
    """The day of the golden files: support ends with time, and warnings come with that."""

    @classmethod
    def today(cls) -> Then:
        return cls(2026, 11, 24)


@pytest.fixture
def project(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("fleet.cli._edit.date", Then)
    return Path(shutil.copytree(base, tmp_path / "project"))


def said(project: Path, *words: str) -> str:
    """The exit code and both outputs of a verb."""
    done = CliRunner().invoke(root, [*words, "--file", str(project / "fleet.yaml")], prog_name="fleet")
    return f"$ fleet {' '.join(words)}\nexit code {done.exit_code}\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}"


def written(project: Path) -> str:
    """Which files are other than before, and the diff of fleet.yaml."""
    git(project, "add", "-A")
    return f"--- files\n{git(project, 'diff', '--cached', '--name-status', '--no-renames')}--- fleet.yaml\n" + "".join(
        f"{line}\n" for line in git(project, "diff", "--cached", "-U0", "--", "fleet.yaml").splitlines()[4:] if not line.startswith("@@")
    )


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_says_what_it_does_and_touches_only_what_it_must(project: Path, case: str, golden: Callable[[Path, bytes], None]) -> None:
    before = (project / "fleet.yaml").read_text()
    output = said(project, *EDITS[case])
    golden(FOLDER / f"{case}.txt", (output + written(project)).encode())
    if "remove" not in case:
        assert comments(before) <= comments((project / "fleet.yaml").read_text())


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(project: Path, case: str, golden: Callable[[Path, bytes], None]) -> None:
    golden(FOLDER / f"refused-{case}.txt", said(project, *REFUSED[case]).encode())
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.parametrize("case", EDITS)
def test_a_dry_run_prints_a_diff_that_git_applies_to_the_same_end_and_writes_nothing(project: Path, case: str) -> None:
    done = CliRunner().invoke(root, [*EDITS[case], "--dry-run", "--file", str(project / "fleet.yaml")], prog_name="fleet")
    assert git(project, "status", "--porcelain") == ""
    subprocess.run(["git", "-C", str(project), "apply", "-"], input=done.stdout, text=True, check=True)
    applied = (project / "fleet.yaml").read_text()
    git(project, "checkout", "-q", ".")
    said(project, *EDITS[case])
    assert (project / "fleet.yaml").read_text() == applied


@pytest.mark.parametrize("case", [case for case in EDITS if "protected" not in case])
def test_what_an_edit_wrote_is_what_lock_and_generate_would_write(project: Path, case: str) -> None:
    said(project, *EDITS[case])
    for words in (("validate",), ("lock", "--check"), ("generate", "--check")):
        done = CliRunner().invoke(root, [*words, "--file", str(project / "fleet.yaml")], prog_name="fleet")
        assert done.exit_code == 0, done.output


def comments(text: str) -> set[str]:
    return {line.partition("#")[2] for line in text.splitlines() if "#" in line}
