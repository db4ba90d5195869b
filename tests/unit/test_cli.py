"""The command line: exit codes, where things are printed, and what is said to a user who is wrong."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@t", *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project of its own: the example, locked, generated and committed."""
    for name in ("fleet.yaml", "fleet.lock.yaml", "stacks"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    yield tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    def call(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "fleet.cli", *arguments]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, env=environment, check=False, **options)  # type: ignore[call-overload]

    return call


def edit(project: Path, old: str, new: str, name: str = "fleet.yaml") -> None:
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new, 1))


def snapshot(project: Path) -> dict[str, bytes]:
    return {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file() and ".git/" not in str(path)}


def test_the_example_is_valid_and_its_stacks_are_fresh(run: Run) -> None:
    assert run("validate", "--today", "2026-11-24").returncode == 0
    assert run("generate", "--check").returncode == 0
    assert run("lock", "--check").returncode == 0
    planned = run("plan", "--exit-code")
    assert planned.returncode == 0 and planned.stdout == "No changes against HEAD.\n"


def test_a_mistake_ends_with_its_line_and_exit_1_and_changes_nothing(run: Run, project: Path) -> None:
    edit(project, "us-east-1, us-east4]", "us-est-1, us-east4]")
    before = snapshot(project)
    line = next(number for number, text in enumerate((project / "fleet.yaml").read_text().splitlines(), 1) if "us-est-1" in text)
    for verb in ("validate", "plan", "lock", "generate", "show"):
        done = run(verb)
        assert done.returncode == 1, verb
        assert 'region "us-est-1" is not defined. Did you mean "us-east-1"?' in done.stderr
        assert f"fleet.yaml:{line}:" in done.stderr and "Traceback" not in done.stderr
    assert snapshot(project) == before


def test_a_rule_broken_is_told_with_its_id(run: Run, project: Path) -> None:
    edit(project, "logRetentionDays: 365", "logRetentionDays: 366")
    done = run("validate", "--today", "2026-11-24")
    assert done.returncode == 1
    assert "[F-LOG-001]" in done.stdout and "fleet.yaml:" in done.stdout


def test_validate_gives_findings_as_json(run: Run, project: Path) -> None:
    edit(project, "logRetentionDays: 365", "logRetentionDays: 366")
    found = json.loads(run("validate", "--format", "json", "--today", "2026-11-24").stdout)
    assert {problem["rule"] for problem in found["problems"]} == {"F-LOG-001"}
    assert all(problem["line"] > 1 and problem["file"] == "fleet.yaml" for problem in found["problems"])


def test_a_comment_changes_no_stack(run: Run, project: Path) -> None:
    edit(project, "name: acme", "# a comment\nname: acme")
    assert run("generate", "--check").returncode == 0


def test_plan_lists_the_changed_path_with_both_values(run: Run, project: Path) -> None:
    edit(project, "max: 24", "max: 27")
    done = run("plan", "--format", "json")
    changed = json.loads(done.stdout)["changes"]
    assert {change["object"] for change in changed} == {"prod/core-prod-us-east-1"}
    assert [(change["before"], change["after"]) for change in changed] == [(8, 9)] * 3
    assert changed[0]["path"].startswith("nodePools[general].groups[")


def test_generate_demands_the_lock_and_writes_nothing_without_it(run: Run, project: Path) -> None:
    edit(project, "prod: [eu-central-1]", "prod: [eu-central-1, eu-west-1]")
    before = snapshot(project)
    done = run("generate")
    assert done.returncode == 1 and "run `fleet lock` first" in done.stderr
    assert snapshot(project) == before
    assert run("lock").returncode == 0
    assert "stacks/prod/ledger-prod-eu-west-1.json" in run("generate").stdout
    assert run("generate", "--check").returncode == 0


def test_a_hand_edited_a_missing_and_an_orphaned_file_are_told_apart(run: Run, project: Path) -> None:
    edit(project, '"logRetentionDays": 30', '"logRetentionDays": 1', "stacks/dev/core-dev-eu-west-1.json")
    (project / "stacks/dev/networks.json").unlink()
    (project / "stacks/dev/gone-dev-eu-west-1.json").write_text("{}")
    done = run("generate", "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "missing: stacks/dev/networks.json",
        "differs: stacks/dev/core-dev-eu-west-1.json",
        "orphaned: stacks/dev/gone-dev-eu-west-1.json",
    ]
    assert run("generate").returncode == 0
    assert run("generate", "--check").returncode == 0


def test_generate_keeps_what_pulumi_and_people_wrote_into_a_stack_configuration(run: Run, project: Path) -> None:
    path = project / "stacks/Pulumi.prod.yaml"
    mine = '# ours\nsecretsprovider: "awskms://alias/pulumi" # do not lose\nencryptedkey: abc\nconfig:\n  aws:profile: "x"\n'
    path.write_text(mine)
    assert run("generate").returncode == 0
    text = path.read_text()
    assert text.startswith('# ours\nsecretsprovider: "awskms://alias/pulumi" # do not lose\n')
    assert yaml.safe_load(text)["config"] == {"aws:profile": "x", "pulumi:disable-default-providers": ["*"]}
    assert run("generate", "--check").returncode == 0


def test_a_removed_cluster_is_retired_keeps_its_range_and_can_be_forgotten(run: Run, project: Path) -> None:
    edit(project, "      prod: [eu-central-1]\n", "      prod: [us-east-1]\n")
    done = run("lock")
    assert "- cluster ledger-prod-eu-central-1: retired, its ranges stay taken" in done.stdout
    assert "- cluster ledger-prod-eu-central-1: forgotten" in run("lock", "--forget", "ledger-prod-eu-central-1").stdout
    wrong = run("lock", "--forget", "ledger-prod")
    assert wrong.returncode == 2 and "is not a retired entry" in wrong.stderr


def test_upgrade_is_the_only_way_a_catalogue_choice_moves(run: Run, project: Path) -> None:
    edit(project, '{"for": "1.35", "is": "v1.14.6-eksbuild.4"}', '{"for": "1.35", "is": "v1.14.3-eksbuild.3"}', "fleet.lock.yaml")
    assert run("lock", "--check").returncode == 0
    upgraded = run("lock", "--upgrade").stdout
    assert "addons.coredns v1.14.3-eksbuild.3 -> v1.14.6-eksbuild.4" in upgraded


def test_explain_names_every_line_that_decided(run: Run) -> None:
    rows = json.loads(run("explain", "core-prod-us-east-1", "nodePools.general.max", "--format", "json").stdout)
    assert [(origin["layer"], origin["value"]) for origin in rows[0]["from"]] == [("overrides[0].set", 24), ("classes.standard", 12)]
    assert rows[0]["value"] == 24 and all(origin["at"].startswith("fleet.yaml:") for origin in rows[0]["from"])


def test_explain_covers_every_resolved_field(run: Run) -> None:
    rows = json.loads(run("explain", "core-dev-europe-west4", "--format", "json").stdout)
    assert len(rows) > 20 and all(row["from"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plam"], 'Did you mean "plan"?'),
        (["explain", "core-prod-us-est-1"], 'Did you mean "core-prod-us-east-1"?'),
        (["explain", "core-prod-us-east-1", "nodePools.generl"], 'Did you mean "general"?'),
        (["show", "core-dev"], "is not a stack, network or cluster"),
        (["plan", "--base", "no-such-ref"], "git cannot read the base"),
    ],
)
def test_a_wrong_word_is_a_usage_error_that_says_which_is_right(run: Run, arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_a_missing_fleet_file_is_told(run: Run) -> None:
    done = run("validate", "--file", "other.yaml")
    assert done.returncode == 1 and "other.yaml:1:1: does not exist" in done.stderr


def test_a_full_disk_leaves_every_file_whole(run: Run, project: Path) -> None:
    edit(project, "max: 24", "max: 27")
    before = snapshot(project)
    done = run("generate", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    after = {path: content for path, content in snapshot(project).items() if not path.endswith(".pyc")}
    assert after == before


def test_show_prints_exactly_what_is_committed(run: Run, project: Path) -> None:
    assert run("show", "core-dev-eu-west-1").stdout == (project / "stacks/dev/core-dev-eu-west-1.json").read_text()


def test_the_schema_accepts_the_example_and_refuses_an_unknown_key(run: Run, project: Path) -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(run("schema").stdout))
    spec = yaml.safe_load((project / "fleet.yaml").read_text())
    assert not list(validator.iter_errors(spec))
    assert list(validator.iter_errors({**spec, "clusterz": {}}))


def test_help_lists_every_verb(run: Run) -> None:
    text = run("--help").stdout
    for verb in ("validate", "plan", "explain", "show", "schema", "lock", "generate"):
        assert f"  {verb} " in text
