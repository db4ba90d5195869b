"""Puts the sandbox's providers where the engine looks for the real ones, at the versions of the installed SDKs."""

from __future__ import annotations

import os
import shlex
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

CLOUDS = ("aws", "gcp")
KUBERNETES = "kubernetes"
PROVIDERS = (*CLOUDS, KUBERNETES)


def install_plugins(pulumi_home: Path, state: Path) -> list[Path]:
    """Write PULUMI_HOME/plugins/resource-<name>-v<version>/pulumi-resource-<name> for each provider, serving this state directory only.

    Returns the executables. They use the Python that runs this. Writing what is there already changes nothing.
    """
    return [_install(pulumi_home, state.resolve(), name) for name in PROVIDERS]


def _install(pulumi_home: Path, state: Path, name: str) -> Path:
    folder = pulumi_home / "plugins" / f"resource-{name}-v{installed_version(f'pulumi-{name}')}"
    folder.mkdir(parents=True, exist_ok=True)
    launcher = Path(__file__).with_name("launcher.py")
    command = shlex.join([sys.executable, "-ISE", str(launcher), name, str(state)])
    target = folder / f"pulumi-resource-{name}"
    write_whole(target, f'#!/bin/sh\nexec {command} "$@"\n', 0o755)
    write_whole(folder / "PulumiPlugin.yaml", "runtime: sandbox\n", 0o644)
    return target


def write_whole(target: Path, text: str, mode: int) -> None:
    """A file, whole or not at all: an engine may be starting the old one."""
    if target.is_file() and target.read_text() == text:
        return
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.chmod(mode)
    unfinished.replace(target)
