"""Puts the simulated providers where the engine looks for the real ones, at the versions of the installed SDKs."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from sandbox.cloud import sdk

CLOUDS = ("aws", "gcp")


def install_plugins(pulumi_home: Path, state: Path) -> list[Path]:
    """Write PULUMI_HOME/plugins/resource-<cloud>-v<version>/pulumi-resource-<cloud> for each cloud, serving this state directory only.

    Returns the executables. They use the Python that runs this. Writing what is there already changes nothing.
    """
    return [_install(pulumi_home, state.resolve(), cloud) for cloud in CLOUDS]


def _install(pulumi_home: Path, state: Path, cloud: str) -> Path:
    version = sdk.package(cloud).version
    folder = pulumi_home / "plugins" / f"resource-{cloud}-v{version}"
    folder.mkdir(parents=True, exist_ok=True)
    launcher = Path(__file__).with_name("launcher.py")
    command = shlex.join([sys.executable, "-ISE", str(launcher), cloud, str(state)])
    target = folder / f"pulumi-resource-{cloud}"
    _write(target, f'#!/bin/sh\nexec {command} "$@"\n')
    return target


def _write(target: Path, text: str) -> None:
    """An executable, whole or not at all: an engine may be starting the old one."""
    if target.is_file() and target.read_text() == text:
        return
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.chmod(0o755)
    unfinished.replace(target)
