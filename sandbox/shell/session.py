"""Open a sandbox: tools, shadow project, simulated clouds and stacks, each made or mended where needed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

import toolchain
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi
from sandbox.kubernetes.access import bastion
from sandbox.shell import clouds, shadow
from sandbox.shell.environment import environment
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem, disk_problems

Say = Callable[[str], None]
OPENING_SECONDS = 300
COMMANDS = ("kubectl", "helm")
"""Tools that a person may want in the sandbox's shell."""


class TornState(ShellProblem):
    """A stack's state that was being written when the engine was killed."""


@dataclass(frozen=True)
class Session:
    """An open sandbox. environment: of everything that runs in it; pulumi: the CLI in its shadow project."""

    layout: Layout
    shadow: shadow.Shadow
    environment: dict[str, str]
    tools: Path

    @property
    def pulumi(self) -> Pulumi:
        return Pulumi(self.layout.project, self.environment)

    def checkpoint(self, stack: str) -> dict[str, Any]:
        """The stack's last written state, read without Pulumi; empty where it has none."""
        return read_checkpoint(self.layout, self.shadow.project_name, stack)


def open_session(layout: Layout, say: Say) -> Session:
    """Make the sandbox ready for use. Raises ShellProblem: a missing tool, a full disk, a state directory that cannot be used."""
    try:
        tools = toolchain.resolve_all(say)
    except toolchain.ToolchainError as error:
        raise ShellProblem(str(error)) from error
    with disk_problems(layout.state):
        layout.state.mkdir(parents=True, exist_ok=True)
    with _waiting(layout.state / "open.lock", "another command opens this sandbox"):
        written = shadow.write(layout)
        for note in written.notes:
            say(note)
        with disk_problems(layout.state):
            clouds.start(layout)
        commands = [tools[name].path for name in COMMANDS if tools[name].origin is not toolchain.Origin.PATH]
        session = Session(layout, written, environment(layout, tools.engine, os.environ, commands, bastion.url(layout.state)), tools.engine)
        _init_stacks(session, say)
    return session


def _init_stacks(session: Session, say: Say) -> None:
    """Make every stack of the repository known to the backend, so that `pulumi up -s STACK` works as typed."""
    for stack in session.shadow.stacks:
        if not session.layout.checkpoint(session.shadow.project_name, stack).exists():
            say(f"stack {stack}: initialised")
            try:
                session.pulumi.run("stack", "init", stack, "--no-select")
            except RecoverProblem as problem:
                raise ShellProblem(str(problem)) from problem


@contextmanager
def exclusive(layout: Layout) -> Iterator[None]:
    """Hold the sandbox for one command that changes it. Raises ShellProblem at once where another one does."""
    with disk_problems(layout.state):
        layout.state.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(layout.run_lock)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as timeout:
        owner = layout.run_lock.with_suffix(".owner")
        who = owner.read_text().strip() if owner.exists() else "another process"
        raise ShellProblem(
            f"the sandbox in {layout.state} is in use by {who}. Wait for it, or work in another one with --state DIR."
        ) from timeout
    try:
        layout.run_lock.with_suffix(".owner").write_text(f"process {os.getpid()}\n")
        yield
    finally:
        lock.release()


@contextmanager
def _waiting(path: Path, why: str) -> Iterator[None]:
    try:
        with filelock.FileLock(path, timeout=OPENING_SECONDS):
            yield
    except filelock.Timeout as timeout:
        raise ShellProblem(f"{why} for more than {OPENING_SECONDS} s ({path}). See what it does, then try again.") from timeout


def read_checkpoint(layout: Layout, project_name: str, stack: str) -> dict[str, Any]:
    """The file backend's state of a stack in the form of an export; empty where the stack has none."""
    path = layout.checkpoint(project_name, stack)
    if not path.exists():
        return {}
    try:
        return {"deployment": json.loads(path.read_text()).get("checkpoint", {}).get("latest") or {}}
    except json.JSONDecodeError as error:
        raise TornState(f"{path} is not a whole state: {error}. `fleet sandbox up {stack}` mends it.") from error
