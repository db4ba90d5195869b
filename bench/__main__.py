"""Time what users wait for, against the budgets: `python -m bench [NAME ...]`. Quotes medians of whole processes."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bench import engine
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


def plan_1000_mib() -> float:
    with TemporaryDirectory() as folder:
        return peak_mib([*FLEET, "plan"], changed_project(Path(folder), 1000))


def plan_growth() -> float:
    return changed(10_000, "plan") / changed(1000, "plan")


def pr_growth() -> float:
    return changed(10_000, "pr", "--base", "HEAD") / changed(1000, "pr", "--base", "HEAD")


def validate_growth() -> float:
    def taken(clusters: int) -> float:
        with TemporaryDirectory() as folder:
            return seconds([*FLEET, "validate", "--today", "2026-11-24"], project(Path(folder), clusters))

    return taken(10_000) / taken(1000)


def changed(clusters: int, *verb: str) -> float:
    """A verb on a change of its own in each cluster of a fleet, against the committed stacks."""
    with TemporaryDirectory() as folder:
        return seconds([*FLEET, *verb], changed_project(Path(folder), clusters))


def changed_project(folder: Path, clusters: int) -> Path:
    """A generated fleet, committed with its stacks; then each cluster gets a disk size of its own."""
    root = project(folder, clusters)
    subprocess.run([*FLEET, "generate"], cwd=root, check=True, capture_output=True)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "base"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    spec = {**fleet(clusters)}
    spec["overrides"] = [*spec["overrides"], *each_its_own(spec)]
    (root / "fleet.yaml").write_text(yaml.dump(spec, sort_keys=False, Dumper=yaml.CSafeDumper))
    return root


def each_its_own(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Overrides that give the system pool of each cluster a disk of another size, in GiB."""
    places = (
        {"cluster": entry, "environment": environment, "region": region}
        for entry, cluster in spec["clusters"].items()
        for environment, regions in cluster["in"].items()
        for region in regions
    )
    for number, place in enumerate(places):
        yield {"match": place, "set": {"nodePools": {"system": {"diskGiB": 101 + number}}}}


def peak_mib(command: list[str], cwd: Path) -> float:
    """The most memory a command held at once."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", code, *command], cwd=cwd, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


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
    "fleet plan, 1,000 clusters, memory": Budget(plan_1000_mib, 400, "MiB"),
    "fleet pr, 1,000 clusters": Budget(pr_1000, 3.0, "s"),
    "fleet validate, 10,000 over 1,000": Budget(validate_growth, 11.5, "x"),
    "fleet plan, 10,000 over 1,000": Budget(plan_growth, 11.5, "x"),
    "fleet pr, 10,000 over 1,000": Budget(pr_growth, 11.5, "x"),
    "pulumi up of dev over a bare program": Budget(engine.up_ratio, 1.3, "x"),
    "simulated provider, memory": Budget(engine.provider_mib, 120, "MiB"),
    "simulated provider, start": Budget(engine.provider_start_seconds, 0.5, "s"),
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
