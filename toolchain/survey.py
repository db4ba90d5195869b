"""Looks at what this machine has of everything the project needs, and builds nothing: what `fleet doctor` prints."""

import enum
import importlib.metadata
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from toolchain import cache, engine, go
from toolchain.resolve import locate, on_path
from toolchain.tool import LANGUAGE_HOST, Found, Tool
from toolchain.tools import all_tools

_DISK_NEEDED_MIB = 4096
_BUILD = "run `make toolchain`"


class Verdict(enum.StrEnum):
    """`ABSENT` is missing and not needed; `MISSING` is what makes a command fail."""

    OK = "ok"
    ABSENT = "absent"
    MISSING = "missing"


@dataclass(frozen=True)
class Row:
    """One thing looked for. `todo` says what to do about it, or what follows from its absence; empty where there is nothing to say."""

    name: str
    verdict: Verdict
    version: str = ""
    origin: str = ""
    path: str = ""
    todo: str = ""


def survey() -> list[Row]:
    """Everything, in the order in which it is needed."""
    rows = [_python(), _sdk(), _command("git", "https://git-scm.com/downloads", needed=True), _command("uv", "", needed=False), _go()]
    for tool in all_tools().values():
        rows.extend(_tool(tool))
    return [*rows, _cache()]


def _python() -> Row:
    in_venv = sys.prefix != sys.base_prefix
    return Row("python", Verdict.OK, platform.python_version(), "venv" if in_venv else "system", sys.executable)


def _sdk() -> Row:
    wanted = all_tools()["pulumi"].version
    try:
        version = importlib.metadata.version("pulumi")
    except importlib.metadata.PackageNotFoundError:
        return Row("pulumi SDK", Verdict.MISSING, todo="run `make setup`")
    todo = "" if version == wanted else f"the engine is pinned to {wanted}: run `make setup`"
    return Row("pulumi SDK", Verdict.MISSING if todo else Verdict.OK, version, "venv", todo=todo)


def _command(name: str, install_page: str, needed: bool) -> Row:
    beside = Path(sys.executable).with_name(name)
    path = str(beside) if beside.exists() else shutil.which(name)
    if path is None and not needed:
        return Row(name, Verdict.ABSENT, todo="not needed: pip does its work")
    if path is None:
        return Row(name, Verdict.MISSING, todo=f"install it: {install_page}")
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    match = re.search(r"\d+\.\d+(\.\d+)?", answer)
    return Row(name, Verdict.OK, match[0] if match else "", "venv" if beside.exists() else "PATH", path)


def _go() -> Row:
    path = shutil.which("go")
    version = go.version_of(Path(path)) if path else None
    if path is None or version is None:
        return Row("go", Verdict.ABSENT, todo="not needed: a build installs one into the cache")
    return Row("go", Verdict.OK, version, "PATH", path)


def _tool(tool: Tool) -> list[Row]:
    """The tool's row; below pulumi's that of its language host."""
    found = locate(tool)
    if found is None:
        how = f"{_BUILD} (about {tool.source.minutes_cold} minutes), or install: {tool.install_page}"
        if tool.without:
            return [Row(tool.name, Verdict.ABSENT, todo=f"{_unfit(tool)}{tool.without} until you {how}")]
        return [Row(tool.name, Verdict.MISSING, todo=f"{_unfit(tool)}{how}")]
    if tool.name != "pulumi":
        return [_row(found)]
    pair = engine.locate(found)
    if pair is None:
        return [_row(found), Row(LANGUAGE_HOST, Verdict.MISSING, todo=f"{_BUILD} (a second)")]
    return [_row(part) for part in pair]


def _row(found: Found) -> Row:
    return Row(found.name, Verdict.OK, found.version, found.origin.value, str(found.path))


def _unfit(tool: Tool) -> str:
    there = on_path(tool)
    if there is None:
        return ""
    path, version = there
    return f"{path} is {version or 'not answering'}, {tool.version} or newer is needed: "


def _cache() -> Row:
    folder = cache.root()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free_mib = shutil.disk_usage(existing).free // 2**20
    todo = (
        ""
        if free_mib >= _DISK_NEEDED_MIB
        else f"only {free_mib} MiB free, a build needs {_DISK_NEEDED_MIB}: set FLEET_CACHE to another disk"
    )
    return Row("cache", Verdict.OK, f"{free_mib // 1024} GiB free", "disk", str(folder), todo)
