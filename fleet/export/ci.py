"""CI files that review each pull request: ready to commit, least permissions, pinned actions, safe for forks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PATHS: Mapping[str, str] = {"github": ".github/workflows/fleet-review.yml", "gitlab": ".gitlab/fleet-review.yml"}
"""Host -> where its file belongs in the repository."""
_FOLDER = Path(__file__).parent / "files"


def ci(host: str) -> str:
    """The CI file of a host. Raises KeyError for one that is none of PATHS."""
    assert PATHS[host]
    return (_FOLDER / f"{host}.yaml").read_text(encoding="utf-8")
