"""Finds each tool: on PATH and new enough, else in the cache, else built from its pinned module."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from toolchain import cache, engine, failure, go
from toolchain.failure import ToolchainError
from toolchain.tool import LANGUAGE_HOST, Found, Origin, Tool, Toolchain
from toolchain.tools import all_tools, named

_ANSWER_SECONDS = 30


def to_stderr(line: str) -> None:
    """The default progress: one line on stderr."""
    print(line, file=sys.stderr, flush=True)


def resolve_all(progress: cache.Progress = to_stderr) -> Toolchain:
    """Every pinned tool and the language host, built where needed. Says nothing where all is there. Raises ToolchainError."""
    return resolve(all_tools(), progress)


def resolve(names: Iterable[str], progress: cache.Progress = to_stderr) -> Toolchain:
    """The tools called `names` (or name@minor) and always the engine. Raises ToolchainError, KeyError for no such tool.

    What is found goes by the name it was asked for.
    """
    wanted = {name: named(name) for name in ("pulumi", *names)}
    found = {name: _have(tool, progress) for name, tool in wanted.items()}
    pulumi, language_host = engine.assemble(found["pulumi"])
    found |= {"pulumi": pulumi, LANGUAGE_HOST: language_host}
    return Toolchain(found, pulumi.path.resolve().parent)


def locate(tool: Tool) -> Found | None:
    """What is there of `tool` without building anything; None where it is missing."""
    return _on_path(tool) or _in_cache(tool)


def on_path(tool: Tool) -> tuple[Path, str | None] | None:
    """What PATH has under the tool's name, fit or not: its path and the version it answers (None where it does not answer).

    What this package itself put there (in the sandbox's shell) does not count.
    """
    path = shutil.which(tool.name)
    if path is None or Path(path).is_relative_to(cache.root()):
        return None
    return Path(path), _version(tool, Path(path))


def _on_path(tool: Tool) -> Found | None:
    there = on_path(tool)
    if there is None:
        return None
    path, version = there
    return Found(tool.name, version, path, Origin.PATH) if version and tool.accepts(version) else None


def _in_cache(tool: Tool) -> Found | None:
    path = _target(tool) / tool.name
    return Found(tool.name, tool.version, path, Origin.CACHE) if path.exists() else None


def _target(tool: Tool) -> Path:
    return cache.entry(tool.name, tool.version, go.recipe(tool.source))


def _have(tool: Tool, progress: cache.Progress) -> Found:
    found = locate(tool)
    if found is not None:
        return found
    try:
        return _built(tool, progress)
    except OSError as error:
        raise failure.from_os_error(str(tool), error, cache.root()) from error


def _built(tool: Tool, progress: cache.Progress) -> Found:
    started = time.monotonic()
    target = _target(tool)
    with cache.filling(target, str(tool), progress) as folder:
        if folder is not None:
            go.build(tool, folder / tool.name, progress)
            _prove(tool, folder / tool.name)
    progress(f"{tool}: ready in {time.monotonic() - started:.0f} s")
    return Found(tool.name, tool.version, target / tool.name, Origin.BUILT)


def _prove(tool: Tool, path: Path) -> None:
    version = _version(tool, path)
    if version != tool.version:
        raise ToolchainError(
            f"{tool}: what was built answers {version or 'nothing'} as its version;\n"
            f"toolchain/tools and toolchain/{tool.source.folder} disagree."
        )


def _version(tool: Tool, path: Path) -> str | None:
    """The version `path` answers, or None where it does not run, answer in time, or name one."""
    quiet = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [path, *tool.version_arguments], capture_output=True, text=True, env=quiet, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(tool.version_pattern, answer.stdout)
    return match[1] if match and answer.returncode == 0 else None
