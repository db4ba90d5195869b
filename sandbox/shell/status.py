"""What a sandbox is at this moment, read without the engine: clouds, stacks, faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from fleet.recover import checkpoint
from sandbox.kubernetes.runtime import network
from sandbox.kubernetes.runtime.outside import Etcd, Running
from sandbox.shell import clouds, clusters
from sandbox.shell.layout import Layout
from sandbox.shell.session import read_checkpoint
from sandbox.shell.shadow import stack_names


@dataclass(frozen=True)
class StackStatus:
    """One stack as its state says. resources: number per type; locks: of updates that run or were killed; unfinished: the last failed."""

    name: str
    initialised: bool
    resources: dict[str, int]
    pending: int
    locks: int
    unfinished: bool


@dataclass(frozen=True)
class Status:
    """clouds: whether they are served, and how; in_clouds: number per type in the simulated clouds; faults: armed ones, as text.

    clusters, etcd: the control planes behind the clusters; position: from where they are reached (`fleet sandbox network`).
    """

    state: str
    served: bool
    clouds: str
    stacks: tuple[StackStatus, ...]
    in_clouds: dict[str, int]
    faults: tuple[str, ...]
    clusters: tuple[Running, ...]
    etcd: Etcd
    position: str


def status(layout: Layout) -> Status:
    """The status of a sandbox; it may never have been started."""
    served, how = clouds.served(layout)
    running, etcd = clusters.status(layout)
    return Status(
        state=str(layout.state),
        served=served,
        clouds=how,
        stacks=tuple(_stack(layout, name) for name in stack_names(layout)),
        in_clouds=clouds.counts(layout),
        faults=tuple(str(fault) for fault in clouds.faults(layout)),
        clusters=running,
        etcd=etcd,
        position=network.position(layout.state),
    )


def _stack(layout: Layout, name: str) -> StackStatus:
    project = yaml.safe_load((layout.repository / "Pulumi.yaml").read_text())["name"]
    state = read_checkpoint(layout, project, name)
    held = Counter(item["type"] for item in checkpoint.resources(state) if item.get("custom") and not item["type"].startswith("pulumi:"))
    return StackStatus(
        name=name,
        initialised=layout.checkpoint(project, name).exists(),
        resources=dict(sorted(held.items())),
        pending=len(checkpoint.pending(state)),
        locks=len(lock_files(layout, project, name)),
        unfinished=(layout.unfinished / name).exists(),
    )


def lock_files(layout: Layout, project: str, stack: str) -> tuple[str, ...]:
    """The locks that the file backend holds on a stack, by file."""
    folder = layout.backend / ".pulumi" / "locks" / "organization" / project / stack
    return tuple(sorted(str(path) for path in folder.glob("*.json")))


def lines(status: Status) -> Iterator[str]:
    """The status for a person."""
    yield f"state     {status.state}"
    yield f"clouds    {status.clouds}, {sum(status.in_clouds.values())} resources"
    yield from clusters.lines(status.clusters, status.etcd)
    yield f"network   {status.position}{'; private endpoints answer through a proxy alone' if status.position == 'outside' else ''}"
    for stack in status.stacks:
        cut_off = stack.pending or stack.locks or stack.unfinished
        note = f"; cut off or running ({stack.locks} lock(s), {stack.pending} pending)" if cut_off else ""
        yield f"stack     {stack.name}: {sum(stack.resources.values()) if stack.initialised else 'no'} resources{note}"
        for type, number in stack.resources.items():
            yield f"            {number:4} {type}"
    for fault in status.faults or ("none armed",):
        yield f"fault     {fault}"
