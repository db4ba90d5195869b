"""Ends this process when the one that started it is gone: a killed engine must not leave its language host behind."""

import os
import select
import sys
import threading

_LOOK_EVERY_SECONDS = 1.0


def end_with_parent() -> None:
    """Watches the parent from a thread of its own. Not by PR_SET_PDEATHSIG, which fires when a mere thread of the parent ends."""
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    if sys.platform == "linux":
        try:
            gone = os.pidfd_open(parent)
        except ProcessLookupError:
            os._exit(1)
        if os.getppid() == parent:
            select.select([gone], [], [])
    else:
        still = threading.Event()
        while os.getppid() == parent:
            still.wait(_LOOK_EVERY_SECONDS)
    os._exit(1)
