"""Ask the real engine, in the sandbox, what it makes of a change: the second thin door to the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import click

from fleet.cli._compare import Compared
from fleet.cli._project import Project
from fleet.diff.engine import Heard, heard
from fleet.generate.render import configs

GONE = "the head has no such stack, so no update would touch it: what is in it stays until `pulumi destroy`"


def engine(project: Project, found: Compared) -> list[Heard]:
    """What the engine says of each stack that changes, in order; one that goes has no program any more. Raises ShellProblem."""
    from sandbox.shell.rehearse import rehearse

    changed = {change.object.stack for change in found.changes}
    stacks = [stack.name for stack in found.compiled.blueprint.stacks if stack.name in changed]
    settings = configs(found.compiled.blueprint, project.root)
    before, after = _with(settings, found.before), _with(settings, found.after)
    rehearsed = rehearse(project.root, before, after, stacks, lambda line: click.echo(line, err=True))
    said = [Heard(each.stack, unasked=each.unasked) if each.unasked else heard(each.stack, each.preview) for each in rehearsed]
    return [*said, *(Heard(stack, unasked=GONE) for stack in sorted(changed - set(stacks)))]


def _with(settings: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A rendering with the configuration of each of its stacks."""
    stacks = {PurePosixPath(path).parts[1] for path in files}
    return {**files, **{path: content for path, content in settings.items() if PurePosixPath(path).name.split(".")[1] in stacks}}
