"""The policy of docs/extending.md is whole files: put in place, both gates ask it and say the same, and no Python was written."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.blueprint.files import read_stack
from fleet.blueprint.json import encode
from fleet.policies.policy import Policy, read_policies
from policies.pack.court import open_court
from policies.pack.policies import policies
from policies.pack.resource import linked
from tests.policies import worlds
from tests.policies.cases import ROOT, Case, cases
from tests.policies.gates import before_pulumi, in_pulumi, opa

SNIPPETS = re.findall(r"```(?:yaml|rego)\n(# policies/\S+\n.*?)```", (ROOT / "docs/extending.md").read_text(), flags=re.S)
FILES = {text.splitlines()[0].removeprefix("# "): text for text in SNIPPETS}
ID = "owner-tag"
OUTCOMES = {"good-tagged": "passed", "bad-untagged": "violated", "undecided-tags": "undecided"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with policies of its own, the page's among them."""
    root = tmp_path_factory.mktemp("tree")
    for name in ("policies", "stacks"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("fleet.yaml", "fleet.lock.yaml"):
        shutil.copy(ROOT / name, root / name)
    for path, text in FILES.items():
        assert not (root / path).exists(), f"{path} exists: the page must show a new file"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture(scope="module")
def policy(tree: Path) -> Policy:
    return next(policy for policy in read_policies(tree / "policies") if policy.id == ID)


def validate(tree: Path, file: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fleet.cli", "validate", "--file", file, "--today", "2026-11-24"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)


def test_the_page_shows_a_policy_with_a_case_of_each_verdict() -> None:
    assert {Path(path).stem for path in FILES if "/cases/" in path} == set(OUTCOMES)
    assert {f"policies/{ID}/policy.yaml", f"policies/{ID}/policy.rego"} < set(FILES)


def test_its_cases_say_the_same_in_both_gates(tree: Path, policy: Policy) -> None:
    own: list[Case] = list(cases(tree / "policies", (policy,)))
    assert {case.cloud for case in own} == {"aws", "gcp"}
    for case in own:
        expected = [OUTCOMES[case.name]]
        assert [one.outcome for one in in_pulumi(case, tree / "policies")] == expected
        if case.name != "undecided-tags":
            assert [one.outcome for one in before_pulumi(case, tree / "policies")] == expected


def test_validate_asks_it_and_names_the_line(tree: Path) -> None:
    assert ID not in validate(tree, "fleet.yaml").stdout
    text = (tree / "fleet.yaml").read_text()
    (tree / "nobodys.yaml").write_text(text.replace("owner: platform, ", ""))
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "owner: platform" in row)
    said = validate(tree, "nobodys.yaml")
    assert said.returncode == 0, "it warns"
    assert re.search(rf"^warning: nobodys\.yaml:{line}:\d+ .*it has no tag owner\. Set it in `tags`\. \[{ID}\]", said.stdout, flags=re.M)


def test_the_pack_has_it_and_asks_it_of_resources(tree: Path) -> None:
    court = open_court(tree)
    assert ID in [one.name for one in policies(court)]
    stack = read_stack(tree / "stacks" / "dev")
    found = [copy.deepcopy(one) for one in worlds.registered(encode(stack)) if one.type in worlds.CLUSTER.values()]
    for one in found:
        one.inputs.get("tags", one.inputs.get("resourceLabels", {})).pop("owner")
    judged = court.judge([linked(one) for one in worlds.as_policy_resources(found)])
    outcomes = {verdict.check.subject.name: verdict.outcome for _, verdict in judged if verdict.check.setting.policy.id == ID}
    assert outcomes == {cluster.name: "violated" for cluster in stack.clusters}


def test_it_passes_the_checks_of_opa(tree: Path) -> None:
    for words in (["check", "--strict", "policies/lib", f"policies/{ID}/policy.rego"], ["fmt", "--fail", "--list", "policies"]):
        done = subprocess.run([str(opa()), *words], cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
