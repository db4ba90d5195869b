"""The doors between the rooms are guarded: a forbidden import, added to a copy of the tree, is found."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("fleet", "components", "sandbox", "toolchain")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(tree: Path) -> list[str]:
    """The contracts that lint-imports finds broken in `tree`."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60, check=False)
    found = [match[1] for match in re.finditer(r"^(.+) BROKEN\b", ended.stdout, re.MULTILINE)]
    assert ended.returncode == (1 if found else 0), ended.stdout + ended.stderr
    return found


def test_the_tree_keeps_its_contracts(copy: Path) -> None:
    assert broken(copy) == []


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("fleet/blueprint/model.py", "import fleet.compile", "The rooms of fleet import only rooms below them"),
        ("fleet/rules/__init__.py", "import fleet.compile", "The rooms of fleet import only rooms below them"),
        ("fleet/compile/__init__.py", "import pulumi", "fleet knows neither Pulumi nor the program nor the sandbox"),
        ("fleet/recover/__init__.py", "import pulumi_aws", "fleet knows neither Pulumi nor the program nor the sandbox"),
        ("fleet/generate/__init__.py", "import components", "fleet knows neither Pulumi nor the program nor the sandbox"),
        ("fleet/diff/__init__.py", "import sandbox", "fleet knows neither Pulumi nor the program nor the sandbox"),
        ("components/__init__.py", "import sandbox", "components read the blueprint and nothing else of ours"),
        ("components/__init__.py", "import fleet.spec", "components read the blueprint and nothing else of ours"),
        ("components/__init__.py", "import toolchain", "components read the blueprint and nothing else of ours"),
        ("sandbox/cloud/__init__.py", "import components", "The sandbox does not know the program it rehearses"),
        ("toolchain/tool.py", "import fleet", "The toolchain stands alone"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copy: Path, module: str, statement: str, contract: str) -> None:
    file = copy / module
    before = file.read_text()
    file.write_text(f"{before}\n{statement}\n")
    try:
        assert contract in broken(copy)
    finally:
        file.write_text(before)


def test_the_program_is_made_of_components_and_reads_what_was_generated() -> None:
    tree = ast.parse((ROOT / "__main__.py").read_text())
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    named |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    ours = {module for module in named if module.split(".")[0] in PACKAGES}
    allowed = ("components.", "fleet.blueprint.", "fleet.generate", "fleet.spec.problem")
    assert ours and all(module.startswith(allowed) for module in ours), ours


def test_a_room_that_no_layer_names_is_found(copy: Path) -> None:
    room = copy / "fleet" / "newroom"
    room.mkdir()
    (room / "__init__.py").touch()
    try:
        command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
        ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=60, check=False)
    finally:
        shutil.rmtree(room)
    assert ended.returncode == 1 and "newroom" in ended.stdout
