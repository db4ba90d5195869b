"""`python3 -m toolchain.setup`: makes .venv with the locked packages and the `fleet` command. Needs only Python; a no-op when done."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from toolchain import failure
from toolchain.failure import ToolchainError
from toolchain.resolve import to_stderr

ROOT = Path(__file__).parent.parent
_INPUTS = ("requirements-dev.txt", "pyproject.toml", "toolchain/uv/requirements.txt")
_PYPI_PAGE = "https://packaging.python.org/en/latest/tutorials/installing-packages/"


def main() -> int:
    """Exit codes: 0 ready, 2 not possible; then stderr says why and what to do."""
    try:
        set_up(ROOT)
    except ToolchainError as error:
        to_stderr(f"setup: {error}")
        return 2
    except OSError as error:
        to_stderr(f"setup: {failure.from_os_error('writing .venv', error, ROOT)}")
        return 2
    return 0


def set_up(root: Path) -> None:
    """Brings `root`/.venv to what the lock files say. A run that was killed is finished by the next one."""
    with _alone(root):
        _bring_up_to_date(root)


def _bring_up_to_date(root: Path) -> None:
    stamp = root / ".venv" / "setup.stamp"
    wanted = _digest(root)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    stamp.unlink(missing_ok=True)
    to_stderr("setup: installing the locked packages into .venv")
    python = _environment(root / ".venv")
    _install(root, python)
    stamp.write_text(wanted)
    to_stderr(f"setup: ready in {time.monotonic() - started:.0f} s; the command is .venv/bin/fleet")


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One setup of a tree at a time. The lock is on the folder itself and goes with the process."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            to_stderr(f"setup: waiting for another `make setup` in {root}")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _digest(root: Path) -> str:
    """Changes when the interpreter, the place of the tree or anything installed changes."""
    parts = [str(root).encode(), sys.version.encode(), *((root / name).read_bytes() for name in _INPUTS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _environment(venv: Path) -> Path:
    """The interpreter of `venv`, made where it is missing or broken."""
    python = venv / "bin" / "python"
    works = python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    if not works:
        shutil.rmtree(venv, ignore_errors=True)
        _run("making .venv", [sys.executable, "-m", "venv", str(venv)], venv.parent)
    return python


def _install(root: Path, python: Path) -> None:
    """uv by pip, everything else by uv; the tree itself in place, then byte code."""
    uv = python.with_name("uv")
    pins = str(root / "toolchain" / "uv" / "requirements.txt")
    if not uv.exists():
        _run("installing uv", [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins], root)
    locked = ["--python", str(python), "--require-hashes", str(root / "requirements-dev.txt")]
    _run("installing requirements-dev.txt", [str(uv), "pip", "sync", "--quiet", *locked], root)
    in_place = ["--python", str(python), "--no-deps", "--no-build-isolation", "--editable", str(root)]
    _run("installing the fleet command", [str(uv), "pip", "install", "--quiet", *in_place], root)
    _run("compiling to byte code", [str(python), "-c", _COMPILE, str(root / "components")], root)


_COMPILE = """
import sys, sysconfig
from pathlib import Path
from toolchain.bytecode import compile_installed
compile_installed(Path(sysconfig.get_path("purelib")), Path(sys.argv[1]))
"""


def _run(what: str, command: list[str], folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    ended = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode == 0:
        return
    if "ensurepip" in ended.stdout:
        raise ToolchainError(
            f"{what}: this Python has no venv module of its own.\nInstall it (Debian, Ubuntu: apt install python3-venv) and run this again."
        )
    raise failure.from_output(what, ended.returncode, ended.stdout.splitlines(), folder, _PYPI_PAGE)


if __name__ == "__main__":
    sys.exit(main())
