"""Waiting for a condition with a bound, and without a sleep that nobody can end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

STEP_SECONDS = 0.05


def until(holds: Callable[[], bool], seconds: float, ending: threading.Event) -> bool:
    """Whether the condition came to hold within `seconds`; False at once when `ending` is set."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= end or ending.wait(STEP_SECONDS):
            return False
    return True
