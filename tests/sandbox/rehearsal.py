"""A sandbox of a test's own, used as a person would: by `fleet sandbox` and the plain Pulumi CLI; its clouds read from the store."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fleet.recover import checkpoint
from sandbox.cloud.database import open_store
from sandbox.cloud.request import Stored
from sandbox.shell import clouds
from sandbox.shell.layout import Layout
from sandbox.shell.session import read_checkpoint

ROOT = Path(__file__).parents[2]
FLEET = Path(sys.executable).parent / "fleet"
# What a cloud, a provider or the engine makes up: generated name endings, EC2 ids, UUIDs.
MADE_UP = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[a-z]+(-[a-z]+)*-[0-9a-f]{17}|-[0-9a-f]{7}\b|\b[0-9A-F]{32}\b")


@dataclass(frozen=True)
class Rehearsal:
    """One repository with one state directory."""

    state: Path
    repository: Path = ROOT

    def fleet(self, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `fleet WORDS` in the repository; it must succeed, or fail where told to."""
        return self._run([str(FLEET), *words], fails)

    def sandbox(self, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        return self.fleet("sandbox", "--state", str(self.state), *words, fails=fails)

    def run(self, *words: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command in the sandbox's shell."""
        return self.sandbox("exec", "--", *words, fails=fails)

    def up(self, stack: str) -> None:
        self.run("pulumi", "up", "--yes", "--skip-preview", "--stack", stack)

    def recover(self, stack: str) -> list[str]:
        """Run `fleet recover`; returns what it says."""
        return self.run(str(FLEET), "recover", "-s", stack).stdout.splitlines()

    def expect_no_changes(self, stack: str) -> None:
        self.run("pulumi", "preview", "--expect-no-changes", "--stack", stack)

    def popen(self, *words: str, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start a command in the sandbox's shell; the process is the command itself. output: DEVNULL for one that nobody will read."""
        command = [str(FLEET), "sandbox", "--state", str(self.state), "exec", "--", *words]
        return subprocess.Popen(command, cwd=self.repository, stdout=output, stderr=subprocess.STDOUT, text=True)

    def stored(self) -> list[Stored]:
        """Everything in the clouds, what they keep after deletion included."""
        store = open_store(self.state)
        try:
            return list(store.everything())
        finally:
            store.close()

    def contents(self) -> Counter[str]:
        """The clouds' contents, one text per resource, without what is made up: two runs of one program are equal."""
        return Counter(normal(item) for item in self.stored())

    def lost_or_unknown(self, stack: str) -> set[tuple[str, str]]:
        """What only the clouds or only the stack's state have, as (type, id); empty when they agree and nothing is pending."""
        project = yaml.safe_load((self.repository / "Pulumi.yaml").read_text())["name"]
        state = read_checkpoint(Layout(self.repository, self.state), project, stack)
        known = {pair for pair in checkpoint.known_ids(state) if not pair[0].startswith(("pulumi:", "kubernetes:"))}
        pending = {(item.kind, item.resource["urn"]) for item in checkpoint.pending(state)}
        return pending | (known ^ {(item.type, item.id) for item in self.stored() if not item.kept})

    def armed(self) -> bool:
        """Whether a fault is still waiting for its call."""
        return bool(clouds.faults(Layout(self.repository, self.state)))

    def down(self) -> None:
        self.sandbox("down")

    def _run(self, command: list[str], fails: bool) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, cwd=self.repository, capture_output=True, text=True, timeout=600)
        said = f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
        assert (done.returncode != 0) == fails, said
        return done


def normal(item: Stored) -> str:
    """One resource as text: type, place, name and inputs, made-up parts replaced."""
    kept = {"inputs": item.inputs, "kept": item.kept}
    return MADE_UP.sub("-*", f"{item.type} {item.caller.account} {item.caller.region} {item.id} {json.dumps(kept, sort_keys=True)}")


def events(text: str) -> list[dict[str, Any]]:
    """The engine's events in the output of `pulumi ... --json`."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 180.0) -> None:
    """Poll until a condition holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.01)


def tracked_changes() -> str:
    """What git says is changed where Pulumi writes by itself: its project and stack files, and anything new at the top."""
    command = ["git", "status", "--porcelain", "--untracked-files=normal", "--", "stacks", "Pulumi.yaml", ":(glob)*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def initialised(place: Path) -> Path:
    """A new fleet of one cluster in dev and one in protected prod, as `fleet init` writes it."""
    folder = place / "shop"
    subprocess.run([str(FLEET), "init", "--yes", str(folder)], check=True, capture_output=True)
    return folder


def commit(repository: Path) -> None:
    git = ("git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@t")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "next")):
        subprocess.run([*git, *words], check=True, capture_output=True)
