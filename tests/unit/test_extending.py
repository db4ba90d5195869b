"""The snippets of docs/extending.md are whole files: applied to a copy of the tree, each of them works, and passes the checks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "extending.md"
SNIPPETS = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(), flags=re.S))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the snippets extend, with all of them in it."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("fleet", "policies", "sandbox", "toolchain"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("fleet.yaml", "fleet.lock.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    for path, body in SNIPPETS.items():
        assert not (copy / path).exists(), f"{path} exists: the page must show a new file"
        (copy / path).write_text(body)
    return copy


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, capture_output=True, text=True, env={"PYTHONPATH": str(tree)}, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_page_shows_a_rule_a_constraint_and_a_verb() -> None:
    assert [path.rsplit("/", 1)[0] for path in SNIPPETS] == ["fleet/rules", "sandbox/cloud/constraints/aws", "fleet/cli"]


def test_the_rule_fires_with_the_line_that_caused_it(tree: Path) -> None:
    clean = run(tree, "-m", "fleet.cli", "validate", "--today", "2026-11-24")
    assert "F-POOL-090" not in clean.stdout
    text = (tree / "fleet.yaml").read_text()
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.strip().startswith("min: 3"))
    broken = tree / "broken.yaml"
    broken.write_text(text.replace("min: 3", "min: 4", 1))
    found = run(tree, "-m", "fleet.cli", "validate", "--today", "2026-11-24", "--file", "broken.yaml")
    assert found.returncode == 0
    assert re.search(rf"^warning: broken\.yaml:{line}:\d+ .*is no multiple of its 3 zones.*\[F-POOL-090\]", found.stdout, flags=re.M)


def test_the_constraint_is_found_and_refuses_with_the_code_of_the_model(tree: Path) -> None:
    program = """
from sandbox.cloud.constraints import registry
from sandbox.cloud.request import UNKNOWN, Caller, Request
caller = Caller("aws", "111111111111", "eu-west-1", "arn:aws:iam::111111111111:root")
found = next(each for each in registry.constraints() if each.name == "aws.log_group_reserved")
for name in ("/aws/reserved/x", "/aws/eks/core/cluster", UNKNOWN):
    request = Request("aws:cloudwatch/logGroup:LogGroup", "urn", "create", caller, {"name": name})
    print([(refusal.code, refusal.status, refusal.property) for refusal in found.judge(request, None)])
"""
    assert run(tree, "-c", program).stdout.splitlines() == ["[('InvalidParameterException', 400, 'name')]", "[]", "[]"]


def test_the_verb_is_found_listed_and_prints_its_lines(tree: Path) -> None:
    assert "regions" in run(tree, "-m", "fleet.cli", "--help").stdout
    assert "eu-central-1 EU 1" in run(tree, "-m", "fleet.cli", "regions").stdout.splitlines()


def test_the_snippets_pass_the_linter_and_the_type_checker(tree: Path) -> None:
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--no-incremental"]):
        done = subprocess.run(
            [str(Path(sys.executable).parent / tool[0]), *tool[1:], *SNIPPETS], cwd=tree, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
