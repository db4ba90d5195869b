"""`fleet sandbox down`: end what the sandbox started; on request, remove its state."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from fleet.recover import lock
from sandbox.shell import clouds, clusters
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem, disk_problems
from sandbox.shell.session import Say, exclusive
from sandbox.shell.shadow import stack_names
from sandbox.shell.status import lock_files


def down(layout: Layout, purge: bool, say: Say) -> None:
    """Stop the clouds and their clusters. purge: remove the state directory too. Raises ShellProblem while an update runs in it."""
    if not layout.state.exists():
        say(f"there is no sandbox in {layout.state}")
        return
    with exclusive(layout):
        _refuse_while_updating(layout)
        clouds.stop(layout)
        clusters.stop_all(layout)
        say("clouds and clusters stopped; what is in them stays" if not purge else "clouds and clusters stopped")
    if purge:
        _purge(layout)
        say(f"removed {layout.state}")


def _refuse_while_updating(layout: Layout) -> None:
    project = yaml.safe_load((layout.repository / "Pulumi.yaml").read_text())["name"]
    for stack in stack_names(layout):
        for path in lock_files(layout, project, stack):
            held = lock.read(Path(path))
            if held and lock.holder(held) == "alive":
                raise ShellProblem(f"stack {stack} is being updated by {held}. Wait for it, or stop it with Ctrl-C.")


def _purge(layout: Layout) -> None:
    """Remove the state directory, which must look like one."""
    if not (layout.passphrase.exists() and layout.backend.is_dir()):
        raise ShellProblem(f"{layout.state} does not look like a sandbox's state; it is left alone. Remove it yourself.")
    with disk_problems(layout.state):
        shutil.rmtree(layout.state)
