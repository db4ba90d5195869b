"""The clusters' control planes as the shell uses them: shown, stopped, started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.kubernetes.runtime import outside
from sandbox.kubernetes.runtime.outside import Etcd, Running
from sandbox.kubernetes.runtime.problem import RuntimeProblem
from sandbox.shell import clouds
from sandbox.shell.layout import Layout
from sandbox.shell.problem import ShellProblem


def status(layout: Layout) -> tuple[tuple[Running, ...], Etcd]:
    """Every cluster, by name, and the etcd behind them all."""
    return outside.status(layout.state, served=clouds.served(layout)[0])


def stop(layout: Layout, name: str) -> Running:
    """Take a cluster's control plane away until it is started. Raises ShellProblem where there is no such cluster."""
    with problems():
        place = outside.stop(layout.state, name)
    return _one(layout, place.uid)


def start(layout: Layout, name: str) -> Running:
    """Bring a stopped cluster back. Raises ShellProblem where there is none, or it does not come."""
    with problems():
        place = outside.start(layout.state, name, served=clouds.served(layout)[0])
    return _one(layout, place.uid)


def stop_all(layout: Layout) -> None:
    """End what is left of any cluster's processes."""
    outside.stop_all(layout.state)


def lines(clusters: tuple[Running, ...], etcd: Etcd) -> Iterator[str]:
    """The clusters for a person."""
    for cluster in clusters:
        version = f", Kubernetes {cluster.minor}" if cluster.minor else ""
        memory = f", {cluster.memory_mib:.0f} MiB" if cluster.processes else ""
        note = f"; {cluster.note}" if cluster.note else ""
        yield f"cluster   {cluster.name}: {cluster.phase}, {cluster.endpoint}{version}{memory}{note}"
    if clusters:
        yield f"etcd      {f'running, {etcd.memory_mib:.0f} MiB' if etcd.running else 'not running'}"


def _one(layout: Layout, uid: str) -> Running:
    return next(cluster for cluster in status(layout)[0] if cluster.uid == uid)


@contextmanager
def problems() -> Iterator[None]:
    try:
        yield
    except RuntimeProblem as problem:
        raise ShellProblem(str(problem)) from problem
