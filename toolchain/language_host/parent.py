"""Ends this process when the one that started it is gone: a killed engine must not leave its language host behind."""

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable

_LOOK_EVERY_SECONDS = 1.0


def end_with_parent(before: Callable[[], None]) -> None:
    """Watches the parent from a thread of its own; calls `before` and exits when it is gone.

    Not by PR_SET_PDEATHSIG, which fires when a mere thread of the parent ends.
    """
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent, before), name="parent", daemon=True).start()


def _watch(parent: int, before: Callable[[], None]) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):  # gone before it could be watched
            select.select([os.pidfd_open(parent)], [], [])
    else:
        still = threading.Event()
        while os.getppid() == parent:
            still.wait(_LOOK_EVERY_SECONDS)
    before()
    os._exit(1)
