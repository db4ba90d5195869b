"""`fleet init`: what it writes into an empty folder is a fleet without errors, and nothing that is there is overwritten."""

from __future__ import annotations

import ast
import json
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fleet.catalog import regions
from fleet.cli.main import root
from fleet.edit.start import PINNED, Start, first_files, requirements
from fleet.policies.policy import read_policies
from fleet.spec.load import load

ROOT = Path(__file__).parents[2]


def call(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(root, [*words], input=answers, prog_name="fleet")


def starts(folder: Path, *words: str) -> None:
    """Init with the words, and the verbs find nothing wrong and nothing left to write."""
    assert call("init", str(folder), "--yes", *words).exit_code == 0
    for verb in (("validate", "--today", "2026-11-24"), ("lock", "--check"), ("generate", "--check")):
        done = call(*verb, "--file", str(folder / "fleet.yaml"))
        assert done.exit_code == 0, done.output
    assert "0 errors, 0 warnings" in call("validate", "--today", "2026-11-24", "--file", str(folder / "fleet.yaml")).stderr


def test_all_defaults_are_a_fleet_without_findings(tmp_path: Path) -> None:
    starts(tmp_path / "acme")
    spec = load(tmp_path / "acme/fleet.yaml").spec
    assert spec.name == "acme" and list(spec.environments) == ["dev", "prod"]
    assert [environment.protect for environment in spec.environments.values()] == [False, True]
    assert (tmp_path / "acme/.git").is_dir()


@pytest.mark.parametrize("places", ["europe-west4", "eu-west-1,us-east4", "us-east-1,eu-central-1,europe-west4"])
def test_both_clouds_and_several_regions_are_fleets_too(tmp_path: Path, places: str) -> None:
    starts(tmp_path / "acme", "--regions", places, "--environments", "dev,staging,prod")
    spec = load(tmp_path / "acme/fleet.yaml").spec
    assert spec.clusters["core"].in_ == {name: places.split(",") for name in ("dev", "staging", "prod")}


def test_names_that_yaml_would_read_as_something_else_are_quoted(tmp_path: Path) -> None:
    starts(tmp_path / "f", "--name", "on", "--environments", "no,yes")
    assert list(load(tmp_path / "f/fleet.yaml").spec.environments) == ["no", "yes"]


def test_what_was_not_said_is_marked_and_what_was_said_is_used(tmp_path: Path) -> None:
    said = ("--account", "dev=123456789012", "--project", "dev=my-dev", "--domain", "my.example", "--regions", "eu-west-1,europe-west4")
    starts(tmp_path / "acme", *said)
    text = (tmp_path / "acme/fleet.yaml").read_text()
    assert '"123456789012"' in text and "gcp: my-dev" in text and "googleWorkspaceDomain: my.example" in text
    assert text.count("# CHANGE") >= 4


def test_it_asks_and_takes_the_answers(tmp_path: Path) -> None:
    done = call("init", str(tmp_path / "x"), answers="shop\nlab,live\neu-north-1\n")
    assert done.exit_code == 0 and "Name of the fleet" in done.stderr
    spec = load(tmp_path / "x/fleet.yaml").spec
    assert (spec.name, list(spec.environments), list(spec.regions)) == ("shop", ["lab", "live"], ["eu-north-1"])


@pytest.mark.parametrize("there", ["fleet.yaml", "README.md", "stacks/dev/networks.json"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine")
    done = call("init", str(tmp_path), "--yes", "--name", "acme")
    assert done.exit_code == 2 and "nothing is overwritten" in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / there]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--regions", "eu-wset-1"), 'Did you mean "eu-west-1"?'),
        (("--name", "ACME!"), "is not a name"),
        (("--account", "dev"), "is not ENVIRONMENT=ID"),
        (("--account", "dev=12"), "these have 12 digits"),
    ],
)
def test_what_cannot_be_a_fleet_is_refused_and_nothing_is_written(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    done = call("init", str(tmp_path / "acme"), "--yes", *words)
    assert done.exit_code in (1, 2) and reason in done.stderr
    assert not (tmp_path / "acme").exists()


def test_it_begins_with_the_policies_of_fleet_and_asks_its_own(tmp_path: Path) -> None:
    starts(tmp_path / "acme")
    own = tmp_path / "acme/policies"
    assert {path.name for path in own.iterdir()} == {
        *(policy.id for policy in read_policies(own)),
        "lib",
        "PulumiPolicy.yaml",
        "__main__.py",
    }
    assert [policy.id for policy in read_policies(own)] == [policy.id for policy in read_policies(ROOT / "policies")]
    (own / "three-zones/policy.yaml").write_text("id: another\n")
    assert call("validate", "--file", str(tmp_path / "acme/fleet.yaml")).exit_code == 2


def test_json_lists_what_was_written(tmp_path: Path) -> None:
    found = json.loads(call("init", str(tmp_path / "acme"), "--yes", "--format", "json").stdout)
    assert {"fleet.yaml", "fleet.lock.yaml", "Makefile", "stacks/dev/networks.json"} <= set(found["written"])


def test_its_program_is_this_repositorys_own() -> None:
    start = Start("acme", ("dev", "prod"), ("eu-west-1",), {}, {}, "acme.example")
    files = first_files(start)
    assert files["__main__.py"] == (ROOT / "__main__.py").read_text()
    assert set(files[".gitignore"].split()) <= set((ROOT / ".gitignore").read_text().split())
    assert "$" not in files["fleet.yaml"] + files["README.md"].replace("$STACK", "$")


def test_what_it_pins_is_what_the_locked_packages_are() -> None:
    locked = (ROOT / "requirements-dev.txt").read_text().lower()
    pins = [line for line in requirements().splitlines() if "==" in line]
    assert len(pins) == len(PINNED) and all(f"\n{pin.lower()} " in locked for pin in pins)


def test_every_region_of_the_catalogue_can_be_the_first(tmp_path: Path) -> None:
    for name in ("eu-west-1", "europe-west4", "us-west-2"):
        assert name in regions()
        assert f"  {name}: {{ jurisdiction: " in first_files(Start("acme", ("dev",), (name,), {}, {}, "acme.example"))["fleet.yaml"]


def test_everything_that_is_imported_is_pinned_or_comes_with_what_is() -> None:
    theirs = {"grpcio", "protobuf", "google-api-core", "googleapis-common-protos", "pydantic-core", "urllib3"}
    known = {name.lower() for name in PINNED} | theirs
    distributions = packages_distributions()
    imported = {
        name
        for package in ("fleet", "components", "policies", "sandbox", "toolchain")
        for path in (ROOT / package).rglob("*.py")
        for name in tops(path)
    }
    needed = {re.sub("[._]", "-", distributions[name][0].lower()) for name in imported if name in distributions} - {"fleet"}
    assert "cryptography" in needed and needed <= known, needed - known


def tops(path: Path) -> set[str]:
    """The first parts of the names of all modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}}
