"""The CI files that are written: accepted by the linters, and their steps, run as scripts, keep one true comment on a pull request."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.export.ci import PATHS, ci
from tests.forge import Forge, serving
from toolchain import cache
from toolchain.resolve import locate
from toolchain.tools import named

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOW: dict[str, Any] = yaml.safe_load(ci("github"))


def test_export_prints_or_writes_and_writes_once(tmp_path: Path) -> None:
    command = [str(BIN / "fleet"), "export", "ci"]
    for host, path in PATHS.items():
        printed = subprocess.run([*command, host], check=True, capture_output=True, text=True).stdout
        for said in ("written", "no changes"):
            done = subprocess.run([*command, host, "--output", str(tmp_path)], check=True, capture_output=True, text=True)
            assert said in done.stderr
        assert (tmp_path / path).read_text() == printed == ci(host)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / PATHS["github"]
    path.parent.mkdir(parents=True)
    path.write_text(ci("github"))
    return path


def test_zizmor_finds_nothing(written: Path) -> None:
    command = [str(BIN / "zizmor"), "--offline", "--persona", "pedantic", "--format", "json", str(written)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout) == [], done.stdout


def test_zizmor_would_find_what_is_unsafe(written: Path) -> None:
    written.write_text(
        ci("github").replace("pull_request:", "pull_request_target:").replace("persist-credentials: false", "fetch-tags: true")
    )
    done = subprocess.run([str(BIN / "zizmor"), "--offline", str(written)], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "dangerous-triggers" in done.stdout


def actionlint(file: Path) -> subprocess.CompletedProcess[str]:
    found = locate(named("actionlint"))
    if found is None:
        pytest.skip("actionlint is not built (`make toolchain`)")
    return subprocess.run([str(found.path), "-shellcheck", str(BIN / "shellcheck"), str(file)], capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing(written: Path) -> None:
    done = actionlint(written)
    assert done.returncode == 0, done.stdout


def test_actionlint_would_find_a_wrong_expression(written: Path) -> None:
    written.write_text(ci("github").replace("steps.review.outputs.code", "steps.reviw.outputs.code"))
    assert 'property "reviw" is not defined' in actionlint(written).stdout


def scripts() -> Iterator[tuple[str, str]]:
    for name, job in WORKFLOW["jobs"].items():
        yield from ((f"{name}: {step['name']}", step["run"]) for step in job["steps"] if "run" in step)
    for name, job in yaml.safe_load(ci("gitlab")).items():
        if "script" in job:
            yield name, "\n".join(job["script"])


@pytest.mark.parametrize(("name", "script"), list(scripts()))
def test_shellcheck_finds_nothing(name: str, script: str) -> None:
    done = subprocess.run([str(BIN / "shellcheck"), "--shell=bash", "-"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "${{" not in script, "an expression in a script runs what somebody named a branch"


def test_rights_are_the_least_and_actions_are_pinned() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["review"]["permissions"] == {"contents": "read"}
    assert WORKFLOW["jobs"]["comment"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    uses = re.findall(r"uses: (\S+)", ci("github"))
    assert uses and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in uses)
    assert "secrets." not in ci("github") and list(WORKFLOW[True]) == ["pull_request"]
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True


def test_the_job_that_may_comment_runs_nothing_but_fleets_own_poster() -> None:
    assert [step["run"] for step in WORKFLOW["jobs"]["comment"]["steps"] if "run" in step] == [
        "python3 -m fleet.post github review/comment.md"
    ]


# --- the workflow, run --------------------------------------------------------------------------------------------------------------


@dataclass
class Repository:
    """A repository whose `main` has the example, with one pull request, and a runner that does what the workflow's steps say."""

    folder: Path
    forge: Forge
    artefacts: Path
    runs: int = 0
    base: str = ""
    merge: str = ""
    summaries: list[str] = field(default_factory=list)

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
        command = ["git", "-C", str(self.folder), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def push(self, *edits: tuple[str, str]) -> None:
        """Replace the change by `edits` of main's fleet.yaml, locked and generated where that works."""
        self.git("checkout", "-q", "-B", "change", "main")
        path = self.folder / "fleet.yaml"
        for old, new in edits:
            assert old in path.read_text()
            path.write_text(path.read_text().replace(old, new))
        for verb in ("lock", "generate"):
            subprocess.run([str(BIN / "fleet"), verb], cwd=self.folder, capture_output=True, check=False)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        self.forge.head = self.git("rev-parse", "HEAD")
        self.base = self.git("rev-parse", "main")
        self.git("checkout", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        self.merge = self.git("rev-parse", "HEAD")

    def run(self) -> dict[str, bool]:
        """Run the workflow; job -> whether it succeeded."""
        self.runs += 1
        shutil.rmtree(self.artefacts, ignore_errors=True)
        return {name: Job(self, name, job).run() for name, job in WORKFLOW["jobs"].items()}


@dataclass
class Job:
    """One job of one run, in a folder of its own."""

    repository: Repository
    name: str
    job: dict[str, Any]
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.repository.folder.parent / f"run-{self.repository.runs}-{self.name}"

    def run(self) -> bool:
        self.folder.mkdir()
        return all(self._step(step) or step.get("continue-on-error") for step in self.job["steps"])

    def _step(self, step: dict[str, Any]) -> bool:
        if "run" in step:
            return self._script(step)
        action, asked = step["uses"].split("@")[0], step.get("with", {})
        if action == "actions/checkout":
            subprocess.run(["git", "clone", "-q", str(self.repository.folder), str(self.folder)], check=True)
            ref = self._value(str(asked.get("ref", "${{ github.sha }}")))
            subprocess.run(["git", "-C", str(self.folder), "checkout", "-q", "--detach", ref], check=True)
            return True
        source, target = self.folder / asked["path"], self.repository.artefacts / asked["name"]
        if action == "actions/download-artifact":
            source, target = target, source
        if source.is_dir():
            shutil.copytree(source, target)
        return source.is_dir()

    def _script(self, step: dict[str, Any]) -> bool:
        given = {**self.job.get("env", {}), **step.get("env", {})}
        told = {"GITHUB_STEP_SUMMARY": "summary", "GITHUB_OUTPUT": "output"}
        environment = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "FLEET_CACHE": str(cache.root()),
            "GITHUB_SHA": self.repository.merge,
            "GITHUB_API_URL": self.repository.forge.url,
            "GITHUB_REPOSITORY": "o/r",
            **{name: str(self.folder.with_suffix(f".{file}")) for name, file in told.items()},
            **{name: self._value(str(value)) for name, value in given.items()},
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        output = self.folder.with_suffix(".output")
        if output.exists():
            pairs = dict(line.split("=", 1) for line in output.read_text().splitlines())
            self.outputs.update({f"steps.{step['id']}.outputs.{name}": value for name, value in pairs.items()} if "id" in step else {})
        return done.returncode == 0

    def _value(self, text: str) -> str:
        known = {
            "github.server_url": "https://github.example",
            "github.repository": "o/r",
            "github.sha": self.repository.merge,
            "github.run_id": str(self.repository.runs),
            "github.token": "the-token",
            "github.event.pull_request.number": "5",
            "github.event.pull_request.base.sha": self.repository.base,
            "github.event.pull_request.head.sha": self.repository.forge.head,
            **self.outputs,
        }
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("fleet.yaml", "fleet.lock.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("stacks", "fleet", "toolchain", "policies"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".gitignore").write_text(".venv\nreview\n__pycache__\n")
    (folder / "Makefile").write_text(f"setup:\n\t@ln -sfn {BIN.parent} .venv\n")
    with serving() as forge:
        found = Repository(folder, forge, tmp_path / "artefacts")
        found.git("init", "-q", "-b", "main")
        found.git("add", "-A")
        found.git("commit", "-qm", "base")
        yield found


RESIZE = ("max: 24", "max: 30")


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_review_has_what_policies_are_asked_with(host: str) -> None:
    text = ci(host)
    assert 0 < text.index("make setup") < text.index(".venv/bin/python -m toolchain opa") < text.index("fleet pr")


def test_the_workflow_keeps_one_true_comment(repository: Repository) -> None:
    forge = repository.forge
    for number in range(310):
        forge.add(f"comment {number}", {"login": "someone", "type": "User"})
    forged = forge.add("all fine <!-- fleet-pr v1 acme -->", {"login": "mallory", "type": "User"})

    repository.push(RESIZE)
    assert repository.run() == {"review": True, "comment": True}
    mine = forge.comments[-1]["id"]
    assert forge.body(mine).startswith("**1 cluster in place**") and "`nodePools[general].groups[*].max`" in forge.body(mine)
    assert f"https://github.example/o/r/blob/{repository.merge}/fleet.yaml#L" in forge.body(mine)

    repository.push(("  - match: { environment: staging }", "  - match: { environment: dev }"))
    assert repository.run() == {"review": True, "comment": True}
    assert len(forge.mine()) == 1 and "dev" in forge.body(mine) and forge.comments[-1]["id"] == mine

    repository.push(("      prod: [eu-central-1]", "      prod: [eu-west-1]"))
    assert repository.run() == {"review": False, "comment": True}, "the gate fails the check, and is commented all the same"
    assert forge.body(mine).startswith("**STOPPED by the gate") and len(forge.mine()) == 1

    repository.push()
    assert repository.run() == {"review": True, "comment": True}
    assert forge.body(mine).startswith("**No changes**") and len(forge.mine()) == 1
    assert "all fine" in forge.body(forged)


def test_a_broken_change_is_said_and_a_failed_run_marks_the_comment_stale(repository: Repository) -> None:
    forge = repository.forge
    repository.push(RESIZE)
    repository.run()
    repository.push(("class: data", "class: date"))
    assert repository.run() == {"review": False, "comment": True}
    assert forge.mine()[0].startswith("**The change cannot be reviewed**")
    repository.merge = "0" * 40
    (repository.folder / "Makefile").write_text("setup:\n\t@false\n")
    repository.git("checkout", "-q", "main")
    repository.git("add", "Makefile")
    repository.git("commit", "-qm", "setup fails")
    repository.push(RESIZE)
    assert repository.run() == {"review": False, "comment": True}
    assert len(forge.mine()) == 1 and forge.mine()[0].startswith("**STALE**")


def test_a_change_of_the_code_is_not_run(repository: Repository) -> None:
    repository.push(RESIZE)
    repository.git("checkout", "-q", "change")
    (repository.folder / "Makefile").write_text("setup:\n\t@touch /nonexistent/stolen\n")
    (repository.folder / "fleet/post/__main__.py").write_text("raise SystemExit('stolen')\n")
    repository.git("commit", "-qam", "evil")
    repository.forge.head = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "-q", "--detach", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "change")
    repository.merge = repository.git("rev-parse", "HEAD")
    assert repository.run() == {"review": True, "comment": True}
    assert repository.forge.mine()[0].startswith("**1 cluster in place**")
