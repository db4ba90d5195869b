"""The simulated clouds as the shell uses them: started, stopped, counted, made to fail, edited."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.cloud import faults as cloud_faults
from sandbox.cloud.daemon import DaemonProblem, daemon_status, start_daemon, stop_daemon
from sandbox.cloud.database import FILE, NotThere, Store, open_store
from sandbox.cloud.install import install_plugins
from sandbox.kubernetes.access import stand_ins
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem


def start(layout: Layout) -> None:
    """Install the provider launchers and the clouds' command lines, and have the clouds served. Raises ShellProblem where that fails."""
    install_plugins(layout.pulumi_home, layout.state)
    stand_ins.install(layout.stand_ins, layout.state)
    with _problems():
        start_daemon(layout.state, clusters=True)


@contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except DaemonProblem as problem:
        raise ShellProblem(str(problem)) from problem


@contextmanager
def store(layout: Layout) -> Iterator[Store]:
    """The clouds' store, opened for one use. Raises ShellProblem where it cannot be read, or lacks what was asked for."""
    try:
        opened = open_store(layout.state)
    except sqlite3.Error as error:
        raise ShellProblem(f"cannot read the clouds in {layout.state}: {error} (`fleet sandbox down --purge`)") from error
    try:
        yield opened
    except (NotThere, sqlite3.Error) as error:
        raise ShellProblem(str(error)) from error
    finally:
        opened.close()


def stop(layout: Layout) -> None:
    """End the process that serves the clouds, if there is one."""
    with _problems():
        stop_daemon(layout.state)


def served(layout: Layout) -> tuple[bool, str]:
    """Whether the clouds are served, and by what."""
    with _problems():
        daemon = daemon_status(layout.state)
    if daemon is None:
        return False, "not served (fleet sandbox up)"
    return True, f"served by process {daemon.pid} ({daemon.rss_mib:.0f} MiB, {daemon.instances} provider(s) at work)"


def counts(layout: Layout) -> dict[str, int]:
    """How many resources of each type the clouds hold, those they never delete included."""
    if not (layout.state / FILE).exists():
        return {}
    with store(layout) as opened:
        return dict(sorted(Counter(item.type for item in opened.everything()).items()))


def faults(layout: Layout) -> list[cloud_faults.Fault]:
    """The armed faults, in the order in which they were armed."""
    if not (layout.state / FILE).exists():
        return []
    with store(layout) as opened:
        rows = opened.connection.execute("select kind, type, operation, skip, times, seconds from fault order by id").fetchall()
    return [cloud_faults.Fault(*row) for row in rows]


def arm(layout: Layout, kind: str, token: str, operation: str, skip: int, times: int, seconds: float) -> cloud_faults.Fault:
    """Arm a fault. Raises ShellProblem for a kind or an operation that is none."""
    fault = cloud_faults.Fault(kind, token, operation, skip, times, seconds)  # type: ignore[arg-type]
    try:
        cloud_faults.arm(layout.state, fault)
    except (ValueError, sqlite3.Error) as error:
        raise ShellProblem(str(error)) from error
    return fault


def clear_faults(layout: Layout) -> None:
    with store(layout):
        cloud_faults.disarm(layout.state)


def edit(layout: Layout, token: str, id: str, path: list[str | int], value: object) -> None:
    """Change one value of a resource (None: take it away). Raises ShellProblem where there is no such resource."""
    with store(layout) as opened:
        opened.edit(token, id, path, value)


def remove(layout: Layout, token: str, id: str) -> None:
    """Take a resource away. Raises ShellProblem where there is none."""
    with store(layout) as opened:
        opened.remove(token, id)
