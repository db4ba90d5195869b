"""Puts the stand-ins of the clouds' command lines where kubeconfigs' programs are looked for."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.cloud.install import write_whole

PROGRAMS: Final[Mapping[str, str]] = {
    "aws": "sandbox.kubernetes.access.aws_cli",
    "gke-gcloud-auth-plugin": "sandbox.kubernetes.access.gke_plugin",
}


def install(folder: Path, state: Path) -> None:
    """Write one executable a program, for this state directory; writing what is there already changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in PROGRAMS.items():
        command = shlex.join([sys.executable, "-I", "-m", module, str(state.resolve())])
        write_whole(folder / name, f'#!/bin/sh\nexec {command} "$@"\n', 0o755)
