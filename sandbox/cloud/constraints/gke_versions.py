"""GKE's version strings: `1.35`, `1.35.7`, `1.35.7-gke.1222000`, and words that leave the choice to GKE."""

from __future__ import annotations

import re


def is_version(text: str) -> bool:
    """Whether a string names a minor: not empty, not `latest`, not `-`."""
    return re.fullmatch(r"\d+\.\d+(\.\d+(-gke\.\d+)?)?", text) is not None
