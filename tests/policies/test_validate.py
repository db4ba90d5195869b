"""Policies at the command line: `fleet validate` names policy and line, `fleet pr` what is new, and the settings in fleet.yaml hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policies.cases import ROOT

Fleet = Callable[..., subprocess.CompletedProcess[str]]
HEAD = "apiVersion: fleet/v1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example with its policies, committed."""
    for name in ("policies", "stacks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("fleet.yaml", "fleet.lock.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "base"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    return tmp_path


@pytest.fixture
def fleet(project: Path) -> Fleet:
    def call(*words: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet.cli", *words]
        whole = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, env=whole, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return call


def edit(project: Path, old: str, new: str, name: str = "fleet.yaml") -> None:
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new, 1))


def commit(project: Path) -> None:
    for words in (["add", "."], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "next"]):
        subprocess.run(["git", "-C", str(project), *words], check=True, capture_output=True)


def set_policies(project: Path, settings: str) -> None:
    edit(project, HEAD, f"{HEAD}policies: {{ {settings} }}\n")


def of_policy(fleet: Fleet, policy: str, code: int = 0) -> list[dict[str, object]]:
    """What validate says of one policy."""
    problems: list[dict[str, object]] = json.loads(fleet("validate", "--format", "json", code=code).stdout)["problems"]
    return [problem for problem in problems if problem["rule"] == policy]


def line_of(project: Path, words: str) -> int:
    return next(number for number, row in enumerate((project / "fleet.yaml").read_text().splitlines(), 1) if words in row)


def test_the_example_breaks_none_and_leaves_none_undecided(fleet: Fleet) -> None:
    assert "0 errors, 0 warnings." in fleet("validate").stderr


def test_a_cluster_that_is_retired_may_lose_its_protection(fleet: Fleet, project: Path) -> None:
    set_policies(project, "deletion-protection: { parameters: { protectedEnvironments: [prod] } }")
    edit(project, "    labels: { tier: critical }", "    labels: { tier: critical }\n    retire: { prod: [eu-central-1] }")
    assert of_policy(fleet, "deletion-protection") == []
    edit(project, "    protect: true", "    protect: false")
    found = of_policy(fleet, "deletion-protection", code=1)
    assert len(found) == 6 and {problem["line"] for problem in found} == {line_of(project, "protect: false")}


def test_a_warning_does_not_stop_and_off_is_off(fleet: Fleet, project: Path) -> None:
    set_policies(project, "three-zones: { action: warn, parameters: { zones: 4 } }")
    found = of_policy(fleet, "three-zones")
    assert len(found) == 10 and {problem["severity"] for problem in found} == {"warning"}
    edit(project, "action: warn", "action: 'off'")
    assert of_policy(fleet, "three-zones") == []


def test_a_selector_narrows_a_policy_to_some_clusters(fleet: Fleet, project: Path) -> None:
    set_policies(project, "three-zones: { match: { cluster: ledger }, parameters: { zones: 4 } }")
    (found,) = of_policy(fleet, "three-zones", code=1)
    assert str(found["message"]).startswith("ledger-prod-eu-central-1: it lies in 3 zones")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("three-zone: { action: warn }", 'there is no policy "three-zone". Did you mean "three-zones"?'),
        ("three-zones: { parameters: { zone: 2 } }", 'has no parameter "zone". Did you mean "zones"?'),
        ("three-zones: { parameters: { zones: two } }", "policies.three-zones.parameters.zones: should be a whole number, not 'two'."),
    ],
)
def test_settings_of_what_does_not_exist_are_refused_with_their_line(settings: str, said: str, fleet: Fleet, project: Path) -> None:
    set_policies(project, settings)
    done = fleet("validate", code=1)
    assert said in done.stderr and f"fleet.yaml:{line_of(project, 'policies:')}:" in done.stderr


def test_without_opa_one_line_says_that_no_policy_was_asked(fleet: Fleet, project: Path, tmp_path: Path) -> None:
    nothing = {"FLEET_CACHE": str(tmp_path / "empty"), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    set_policies(project, "three-zones: { parameters: { zones: 4 } }")
    done = fleet("validate", **nothing)
    assert "The policies were not evaluated: OPA is missing. `make toolchain` builds it." in done.stderr.splitlines()
    said = fleet("pr", "--base", "HEAD", "--output", "review", **nothing).stdout.splitlines()
    assert said[2].startswith("**Findings** none new") and "policies were not evaluated: OPA is missing" in said[3]
    assert "the policies were not evaluated" in (project / "review/report.html").read_text()
    edit(project, "three-zones", "three-zone")
    assert "there is no policy" in fleet("validate", code=1, **nothing).stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('package fleet.policies["three-zones"]', 'package fleet.policies["three-zone"]', "three-zones: policy.rego gives no verdict"),
        ("count(zones) < ", "count(zones) <! ", "OPA cannot evaluate the policies"),
        ('"fact": "zones"', '"facts": "zones"', "is not {fact, message}"),
    ],
)
def test_rules_that_cannot_be_asked_are_no_pass(old: str, new: str, said: str, fleet: Fleet, project: Path) -> None:
    set_policies(project, "three-zones: { parameters: { zones: 4 } }")
    edit(project, old, new, "policies/three-zones/policy.rego")
    assert said in fleet("validate", code=2).stderr


def test_a_review_shows_what_a_tightened_policy_newly_forbids_and_not_what_was_forbidden_before(fleet: Fleet, project: Path) -> None:
    assert "**Findings** none new" in fleet("pr", "--base", "HEAD").stdout
    edit(project, "count(zones) < input.parameters.zones", "count(zones) <= input.parameters.zones", "policies/three-zones/policy.rego")
    said = fleet("pr", "--base", "HEAD").stdout
    assert said.startswith("**No changes**") and "**Findings** 10 new: `three-zones`" in said
    commit(project)
    assert "**Findings** none new" in fleet("pr", "--base", "HEAD").stdout
    assert "**Findings** 10 new" in fleet("pr", "--base", "HEAD~1").stdout


def test_a_policy_that_denies_what_it_warned_of_is_new(fleet: Fleet, project: Path) -> None:
    set_policies(project, "three-zones: { action: warn, parameters: { zones: 4 } }")
    commit(project)
    edit(project, "action: warn, ", "")
    assert "**Findings** 10 new: `three-zones`" in fleet("pr", "--base", "HEAD").stdout


def test_a_head_that_is_not_checked_out_is_judged_by_its_own_policies(fleet: Fleet, project: Path) -> None:
    tighten = ("count(zones) < input.parameters.zones", "count(zones) <= input.parameters.zones", "policies/three-zones/policy.rego")
    edit(project, *tighten)
    commit(project)
    subprocess.run(["git", "-C", str(project), "checkout", "-q", "HEAD~1"], check=True)
    assert "**Findings** 10 new: `three-zones`" in fleet("pr", "--base", "HEAD", "--head", "HEAD@{1}").stdout


@pytest.mark.parametrize("call", ["opa.runtime().env.HOME", 'http.send({"method": "get", "url": "http://127.0.0.1:9/"}).status'])
def test_a_strangers_policy_neither_reads_the_environment_nor_calls_anybody(call: str, fleet: Fleet, project: Path) -> None:
    edit(project, "count(zones) < input.parameters.zones", f"{call} != null", "policies/three-zones/policy.rego")
    done = fleet("pr", "--base", "HEAD", code=1)
    assert done.stdout.startswith("**The change cannot be reviewed**") and "undefined function" in done.stdout
    assert "undefined function" in fleet("validate", code=2).stderr
