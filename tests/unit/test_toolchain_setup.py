"""`make setup` is a no-op when done, resumes when killed, and says what is wrong in one message."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from toolchain import bytecode, setup
from toolchain.failure import ToolchainError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with the lock files, whose environment is made by doing nothing."""
    (tmp_path / "toolchain" / "uv").mkdir(parents=True)
    for name in setup._INPUTS:
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(setup, "_environment", lambda venv: venv / "bin" / "python")
    return tmp_path


def installs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    done: list[Path] = []
    monkeypatch.setattr(setup, "_install", lambda root, python: done.append(python))
    return done


def test_the_second_time_does_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = installs(monkeypatch)
    setup.set_up(tree)
    setup.set_up(tree)
    assert len(done) == 1


def test_a_changed_lock_is_installed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = installs(monkeypatch)
    setup.set_up(tree)
    with (tree / "requirements-dev.txt").open("a") as lock:
        lock.write("more==1.0\n")
    setup.set_up(tree)
    assert len(done) == 2


def test_a_setup_that_failed_is_done_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(root: Path, python: Path) -> None:
        raise ToolchainError("no")

    monkeypatch.setattr(setup, "_install", fails)
    with pytest.raises(ToolchainError):
        setup.set_up(tree)
    done = installs(monkeypatch)
    setup.set_up(tree)
    assert len(done) == 1


def test_a_second_setup_waits_for_the_first(tree: Path) -> None:
    with setup._alone(tree):
        waiting = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from toolchain import setup; from pathlib import Path\nwith setup._alone(Path({str(tree)!r})): print('mine')",
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == f"setup: waiting for another `make setup` in {tree}\n"
        assert waiting.poll() is None
    assert waiting.communicate(timeout=20)[0] == "mine\n"


@pytest.mark.parametrize("python", ["", "false", "/no/such/python3.11"])
def test_a_missing_or_old_python_is_named_with_the_way_out(python: str) -> None:
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = ["make", "setup", f"PYTHON={python}"]
    ended = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2 and ended.stdout == ""
    assert f"setup: Python 3.11 or newer is needed; found: {python or 'none on PATH'}.\nInstall it" in ended.stderr


def test_an_error_is_a_message_and_exit_code_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(root: Path) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(setup, "set_up", full)
    assert setup.main() == 2
    assert capsys.readouterr().err.startswith("setup: writing .venv: the disk is full (")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("The virtual environment was not created successfully because ensurepip is not available.", "apt install python3-venv"),
        ("error: No space left on device (os error 28)", "the disk is full"),
        ("Temporary failure in name resolution", "the network could not be reached"),
        ("error sending request; cause: invalid peer certificate: UnknownIssuer", "is not trusted.*SSL_CERT_FILE"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
    ],
)
def test_a_failed_step_says_what_to_do(tmp_path: Path, output: str, said: str) -> None:
    with pytest.raises(ToolchainError, match=f"(?s)a step.*{said}"):
        setup._run("a step", ["sh", "-c", f"echo '{output}' >&2; exit 1"], tmp_path)


def test_the_types_of_every_sdk_service_in_use_are_checked() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    followed = {name.removesuffix(".*") for row in overrides if row["follow_imports"] == "silent" for name in row["module"]}
    packages = ROOT / ".venv" / "lib"
    used = {f"{sdk}.{name}" for sdk, names in bytecode.services(ROOT / "components").items() for name in names}
    services = {name for name in used if any(packages.glob(f"*/site-packages/{name.replace('.', '/')}/__init__.py"))}
    assert services, "components use no cloud SDK, or .venv has none"
    assert services == {name for name in followed if name.count(".") == 1 and not name.endswith(("._inputs", ".provider"))}


def test_services_are_found_however_they_are_imported(tmp_path: Path) -> None:
    imports = "import pulumi_aws as aws\nimport pulumi_gcp.kms\nfrom pulumi_aws import eks, iam\nfrom pulumi_gcp.compute import Network\n"
    (tmp_path / "a.py").write_text(f"{imports}aws.ec2.Vpc('x')\n")
    assert bytecode.services(tmp_path) == {
        "pulumi_aws": {"ec2", "eks", "iam"},
        "pulumi_gcp": {"kms", "compute"},
        "pulumi_kubernetes": set(),
    }


def test_only_what_the_program_uses_is_compiled(tmp_path: Path) -> None:
    installed, program = tmp_path / "installed", tmp_path / "program"
    for module in ("small/x.py", "pulumi_aws/top.py", "pulumi_aws/ec2/vpc.py", "pulumi_aws/sqs/queue.py"):
        (installed / module).parent.mkdir(parents=True, exist_ok=True)
        (installed / module).write_text("x = 1\n")
    program.mkdir()
    (program / "p.py").write_text("import pulumi_aws as aws\naws.ec2\n")
    bytecode.compile_installed(installed, program)
    compiled = {str(path.parent.parent.relative_to(installed)) for path in installed.rglob("*.pyc")}
    assert compiled == {"small", "pulumi_aws", "pulumi_aws/ec2"}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "toolchain/uv/requirements", "toolchain/go/requirements"])
def test_every_lock_holds_what_its_source_asks_for_with_hashes_and_no_index(name: str) -> None:
    lock = (ROOT / f"{name}.txt").read_text()
    locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    asked = [line.partition("==") for line in (ROOT / f"{name}.in").read_text().splitlines() if line and not line.startswith(("#", "-r"))]
    assert asked
    for package, _, version in asked:
        found = locked[re.sub(r"[._]", "-", package.lower())]
        assert version in ("", found), package
    assert len(re.findall(r"^\S+==.*\\$", lock, re.MULTILINE)) == len(locked) and lock.count("--hash=sha256:") >= len(locked)
    assert "http:" not in lock and "https:" not in lock and "-i " not in lock
