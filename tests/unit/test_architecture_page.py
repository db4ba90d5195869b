"""docs/architecture.md names every folder and stage, and nothing that is not there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
STAGES = ("load", "compile", "generate", "diff", "gate", "rules", "recover")


def tracked_folders() -> set[str]:
    """Folders of the top two levels that hold tracked files; stacks by its name only, since its folders are the user's."""
    listing = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True).stdout.split("\n")
    folders = set()
    for name in filter(None, listing):
        parts = Path(name).parent.parts
        if parts and not parts[0].startswith("."):
            folders.add(parts[0])
        if len(parts) > 1 and parts[0] in ("fleet", "sandbox"):
            folders.add("/".join(parts[:2]))
    return folders


def test_every_folder_is_named() -> None:
    assert not [folder for folder in sorted(tracked_folders()) if f"`{folder}/" not in PAGE]


def test_every_folder_that_is_named_exists() -> None:
    named = {name for name in re.findall(r"`((?:\w+/)+)`", PAGE) if (ROOT / name.split("/")[0]).exists()}
    assert named and not [name for name in named if not (ROOT / name).is_dir() and not (ROOT / "tests" / name).is_dir()]


def test_every_stage_is_in_the_picture() -> None:
    picture = PAGE.split("```")[1]
    assert not [stage for stage in STAGES if stage not in picture]
