"""Time the real engine in the sandbox against a bare program of the same resources, and weigh a simulated provider's process."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from sandbox.cloud.daemon import start_daemon, stop_daemon
from sandbox.kubernetes.provider.settings import DRY_RUN

ROOT = Path(__file__).parent.parent
BARE = Path(__file__).parent / "bare"
RUNS = 3


def up_ratio() -> float:
    """Wall time of `pulumi up` of dev over that of the bare program: the least of three runs each, in turn, from empty clouds.

    Of both what is in the clouds alone: how long a cluster takes until it answers is not the program's.
    """
    ours, bare = [], []
    with TemporaryDirectory() as place:
        root = _copied(Path(place))
        _edit(root / "components" / "stack.py", "platform.build(cluster, component, origin)", "assert platform")
        for _ in range(RUNS):
            with _sandbox(root) as state:
                ours.append(_seconds(state, "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", root=root))
                exported = _run(state, "pulumi", "stack", "export", "-s", "dev", root=root).stdout
            with _sandbox() as state, TemporaryDirectory() as folder:
                program = shutil.copytree(BARE, Path(folder, "bare"))
                (program / "resources.json").write_text(exported)
                _run(state, "pulumi", "-C", str(program), "stack", "init", "dev")
                bare.append(_seconds(state, "pulumi", "-C", str(program), "up", "-s", "dev", "--yes", "--skip-preview"))
    return min(ours) / min(bare)


def dry_run_ratio() -> float:
    """Wall time of a preview in which every object of dev's clusters changes, over that of one that asks no API server: least of three."""
    asking, silent = [], []
    with TemporaryDirectory() as folder:
        root = _copied(Path(folder))
        with _sandbox(root) as state:
            _run(state, "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", root=root)
            _edit(root / "components" / "names.py", 'MANAGED_BY = "fleet"', 'MANAGED_BY = "fleets"')
            for _ in range(RUNS):
                asking.append(_seconds(state, "pulumi", "preview", "-s", "dev", root=root))
                silent.append(_seconds(state, "env", f"{DRY_RUN}=off", "pulumi", "preview", "-s", "dev", root=root))
    return min(asking) / min(silent)


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{file} has no {old}"
    file.write_text(text.replace(old, new))


def _copied(folder: Path) -> Path:
    """The tracked files of this repository, to be changed."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        target = folder / "repository" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder / "repository"


def provider_mib() -> float:
    """Resident memory of the process behind all simulated providers after dev is up, in MiB."""
    with _sandbox() as state:
        _run(state, "pulumi", "up", "-s", "dev", "--yes", "--skip-preview")
        return psutil.Process(start_daemon(state).pid).memory_info().rss / 2**20


def provider_start_seconds() -> float:
    """Wall time from nothing to a provider process that answers."""
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        start_daemon(Path(folder))
        taken = time.perf_counter() - start
        stop_daemon(Path(folder))
        return taken


@contextmanager
def _sandbox(root: Path = ROOT) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        state = Path(folder, "state")
        _run(state, "true", root=root)
        try:
            yield state
        finally:
            subprocess.run([*_fleet(state), "down"], cwd=root, check=True, capture_output=True)


def _fleet(state: Path) -> list[str]:
    return [sys.executable, "-m", "fleet.cli", "sandbox", "--state", str(state)]


def _run(state: Path, *command: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_fleet(state), "exec", "--", *command], cwd=root, check=True, capture_output=True, text=True)


def _seconds(state: Path, *command: str, root: Path = ROOT) -> float:
    start = time.perf_counter()
    _run(state, *command, root=root)
    return time.perf_counter() - start
