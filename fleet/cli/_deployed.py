"""What was last brought up: each stack's outputs name the files that its last update ran, and git has them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from fleet.diff.base import NoBase, read_recorded
from fleet.generate.render import DIRECTORY
from fleet.recover.problem import RecoverProblem
from fleet.recover.pulumi import Pulumi

DEPLOYED = "what was last brought up"


def last_updates(root: Path) -> dict[str, bytes]:
    """The files of every stack of this folder's Pulumi project as its last update ran them: path relative to `root` -> content.

    Raises UsageError: no pulumi, a stack whose update recorded nothing, a content that git does not have.
    """
    pulumi = Pulumi(Path.cwd(), os.environ)
    try:
        names = [str(stack["name"]).rsplit("/", 1)[-1] for stack in json.loads(pulumi.run("stack", "ls", "--json"))]
        outputs = {name: json.loads(pulumi.run("stack", "output", "--json", "--stack", name)) for name in names}
        return read_recorded(root, {path: id for name, found in outputs.items() for path, id in _files(name, found).items()})
    except (RecoverProblem, NoBase) as problem:
        raise click.UsageError(str(problem)) from None


def _files(stack: str, outputs: Mapping[str, Any]) -> dict[str, str]:
    """Path -> git id; nothing for a stack that was never brought up, or was destroyed."""
    if outputs and "files" not in outputs:
        raise click.UsageError(f"stack {stack} was last brought up by a fleet that recorded nothing. Bring it up once, or use --base.")
    return {f"{DIRECTORY}/{stack}/{name}": str(id) for name, id in outputs.get("files", {}).items()}
