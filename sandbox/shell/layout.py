"""Where everything of one sandbox lies: one state directory beside, never inside, the tracked tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.shell.problem import ShellProblem

DEFAULT_STATE = ".sandbox"
STATE_VARIABLE = "FLEET_SANDBOX"


@dataclass(frozen=True)
class Layout:
    """The paths of one sandbox. repository: the folder of Pulumi.yaml; state: the directory that holds all the rest. Both absolute."""

    repository: Path
    state: Path

    @property
    def project(self) -> Path:
        """The shadow project that Pulumi runs in."""
        return self.state / "project"

    @property
    def backend(self) -> Path:
        return self.state / "backend"

    @property
    def pulumi_home(self) -> Path:
        return self.state / "pulumi-home"

    @property
    def stand_ins(self) -> Path:
        """Executables in the place of the clouds' command lines."""
        return self.state / "bin"

    @property
    def passphrase(self) -> Path:
        return self.state / "passphrase"

    @property
    def run_lock(self) -> Path:
        """Held by an `up`, `down` or `recover` of the sandbox for as long as it runs."""
        return self.state / "run.lock"

    @property
    def unfinished(self) -> Path:
        """One empty file per stack whose last update did not end well."""
        return self.state / "unfinished"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    def kubeconfigs(self) -> list[Path]:
        """What kubectl reads in the sandbox's shell: of each stack the one that was written for it, and a file that is nobody's."""
        stacks = sorted(folder.name for folder in (self.repository / "stacks").glob("*/"))
        written = [self.state / f"fleet-{stack}.kubeconfig" for stack in stacks]
        return [*(path for path in written if path.exists()), self.state / "kubeconfig"]

    def stack_file(self, stack: str) -> Path:
        """The shadow's configuration of one stack."""
        return self.project / "stacks" / f"Pulumi.{stack}.yaml"

    def tracked_stack_file(self, stack: str) -> Path:
        return self.repository / "stacks" / f"Pulumi.{stack}.yaml"

    def checkpoint(self, project_name: str, stack: str) -> Path:
        """Where the file backend keeps a stack's state (absent: the stack is not initialised)."""
        return self.backend / ".pulumi" / "stacks" / project_name / f"{stack}.json"


def find(state: str | None, start: Path) -> Layout:
    """The layout for a `--state` value (None: the default) as seen from directory `start`.

    From inside the sandbox's own shadow project it is the repository that the shadow stands for.
    Raises ShellProblem outside a fleet repository, and where the state directory is the repository or one of its parents.
    """
    repository = next((folder for folder in [start, *start.parents] if (folder / "Pulumi.yaml").is_file()), None)
    if repository is None:
        raise ShellProblem(f"no Pulumi.yaml in {start} or above it. Run this inside a fleet repository.")
    place = (start / state).resolve() if state else repository / DEFAULT_STATE
    if repository.resolve() == place / "project":
        repository = Path(yaml.safe_load((repository / "Pulumi.yaml").read_text())["main"])
    if repository == place or place in repository.parents:
        raise ShellProblem(f"--state {place} holds the repository itself. Choose a directory of its own, as {DEFAULT_STATE}.")
    return Layout(repository=repository.resolve(), state=place)
