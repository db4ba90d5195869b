"""Time what users wait for, against the budgets: `python -m bench [NAME ...]`. Quotes medians of whole processes."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench import clusters, engine
from bench.fleets import fleet

ROOT = Path(__file__).parent.parent
FLEET = [sys.executable, "-m", "fleet.cli"]


def seconds(command: list[str], cwd: Path, runs: int = 5) -> float:
    """The median wall time of a command, after one run that is not counted."""
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=cwd, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def project(folder: Path, clusters: int) -> Path:
    """A generated fleet with its lock written."""
    (folder / "fleet.yaml").write_text(yaml.dump(fleet(clusters), sort_keys=False, Dumper=yaml.CSafeDumper))
    subprocess.run([*FLEET, "lock"], cwd=folder, check=True, capture_output=True)
    return folder


def help_text() -> float:
    return seconds([*FLEET, "--help"], ROOT)


def validate_example() -> float:
    return seconds([*FLEET, "validate"], ROOT)


def validate_1000() -> float:
    with TemporaryDirectory() as folder:
        return seconds([*FLEET, "validate", "--today", "2026-11-24"], project(Path(folder), 1000))


def plan_1000() -> float:
    return changed(1000, "plan")


def pr_1000() -> float:
    return changed(1000, "pr", "--base", "HEAD")


def changed(clusters: int, *verb: str) -> float:
    """A verb on a new minor in each cluster of a fleet, against the committed stacks."""
    with TemporaryDirectory() as folder:
        root = project(Path(folder), clusters)
        subprocess.run([*FLEET, "generate"], cwd=root, check=True, capture_output=True)
        for command in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "base"],
        ):
            subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
        spec = root / "fleet.yaml"
        spec.write_text(spec.read_text().replace("kubernetes: '1.35'", "kubernetes: '1.36'"))
        return seconds([*FLEET, *verb], root)


@dataclass(frozen=True)
class Budget:
    """What is measured, the most it may be, and in what."""

    measure: Callable[[], float]
    most: float
    unit: str


BUDGETS = {
    "fleet --help": Budget(help_text, 0.25, "s"),
    "fleet validate, the example": Budget(validate_example, 0.6, "s"),
    "fleet validate, 1,000 clusters": Budget(validate_1000, 1.5, "s"),
    "fleet plan, 1,000 clusters": Budget(plan_1000, 2.0, "s"),
    "fleet pr, 1,000 clusters": Budget(pr_1000, 3.0, "s"),
    "pulumi up of dev over a bare program": Budget(engine.up_ratio, 1.3, "x"),
    "preview of dev with dry run over one without": Budget(engine.dry_run_ratio, 2.0, "x"),
    "simulated provider, memory": Budget(engine.provider_mib, 120, "MiB"),
    "simulated provider, start": Budget(engine.provider_start_seconds, 0.5, "s"),
    "a cluster from nothing to ready": Budget(clusters.ready_seconds, 10.0, "s"),
    "a cluster asleep to its first answer": Budget(clusters.wake_seconds, 10.0, "s"),
    "a cluster's memory, etcd included": Budget(clusters.memory_mib, 450.0, "MiB"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="*", help="only benchmarks whose name holds one of these")
    wanted = parser.parse_args().name
    missed = 0
    for name, budget in BUDGETS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        value = budget.measure()
        kept = value <= budget.most
        missed += not kept
        print(f"{name:40} {value:7.2f} {budget.unit:3}  budget {budget.most:6.2f}  {'ok' if kept else 'MISSED'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
