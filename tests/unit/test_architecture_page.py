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
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGE, flags=re.M)
    named = {name for row in rows for name in re.findall(r"`([\w/]+)/`", row)}
    assert len(named) > 15 and not named - tracked_folders()


def test_every_stage_is_in_the_picture() -> None:
    picture = PAGE.split("```")[1]
    assert not [stage for stage in STAGES if stage not in picture]
