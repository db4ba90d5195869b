"""Puts Pulumi and a Python language host side by side, which is where the engine looks for the host first.

An official installation has both and is used as it is. Otherwise a folder of the cache gets the pulumi binary (a hard link: the engine
resolves symbolic ones) and a launcher of toolchain.language_host under this interpreter.
"""

import importlib.util
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from toolchain import cache, failure
from toolchain.failure import ToolchainError
from toolchain.tool import LANGUAGE_HOST, Found, Origin

ROOT = Path(__file__).parent.parent

_LAUNCHER = """#!/bin/sh
'''exec' {python} -P "$0" "$@"
' '''
import sys

sys.path.insert(0, {root!r})
from toolchain.language_host.server import main

sys.path.remove({root!r})
main()
"""
"""Shell and Python at once: a `#!` line could hold neither blanks nor a long path."""


def assemble(pulumi: Found) -> tuple[Found, Found]:
    """`pulumi` and the language host, beside each other. Raises ToolchainError."""
    there = locate(pulumi)
    if there is not None:
        return there
    _require_sdk()
    folder = _folder(pulumi)
    try:
        _fill(folder, pulumi)
    except OSError as error:
        raise failure.from_os_error("the engine's folder", error, folder) from error
    return _pair(pulumi, folder)


def locate(pulumi: Found) -> tuple[Found, Found] | None:
    """What `assemble` would return, where nothing needs to be written for it."""
    beside = pulumi.path.resolve().with_name(LANGUAGE_HOST)
    if pulumi.origin is Origin.PATH and beside.exists():
        return pulumi, Found(LANGUAGE_HOST, pulumi.version, beside, Origin.PATH)
    folder = _folder(pulumi)
    complete = (folder / LANGUAGE_HOST).exists() and (folder / "pulumi").exists()
    return _pair(pulumi, folder) if complete else None


def _pair(pulumi: Found, folder: Path) -> tuple[Found, Found]:
    host = Found(LANGUAGE_HOST, pulumi.version, folder / LANGUAGE_HOST, Origin.PROJECT)
    return Found("pulumi", pulumi.version, folder / "pulumi", pulumi.origin), host


def _launcher() -> str:
    return _LAUNCHER.format(python=shlex.quote(sys.executable), root=str(ROOT))


def _folder(pulumi: Found) -> Path:
    """One for each pulumi binary and each interpreter and tree that use it."""
    binary = pulumi.path.resolve()
    status = binary.stat()
    return cache.entry("engine", pulumi.version, f"{binary} {status.st_size} {status.st_mtime_ns}\n{_launcher()}")


def _require_sdk() -> None:
    if importlib.util.find_spec("pulumi") is None:
        raise ToolchainError(
            f"{sys.executable} has no package `pulumi`, and the language host needs it.\nRun `make setup`, then use .venv/bin/python."
        )


def _fill(folder: Path, pulumi: Found) -> None:
    """Writes the folder; of two runs at once the later one's files, which are the same, win."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as made:
        binary, host = Path(made) / "pulumi", Path(made) / LANGUAGE_HOST
        try:
            os.link(pulumi.path.resolve(), binary)
        except OSError:  # another file system, or one without hard links
            shutil.copy2(pulumi.path.resolve(), binary)
        host.write_text(_launcher())
        host.chmod(0o755)
        for path in (host, binary):
            path.replace(folder / path.name)
