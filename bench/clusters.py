"""What one simulated cluster costs: seconds until it is ready with its nodes and add-ons, and memory of all its processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.kubernetes.runtime import places, processes
from tests.sandbox.clusters_world import Clusters, open_clusters

ADDONS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
LATE_ADDONS = ("coredns", "aws-ebs-csi-driver", "metrics-server")


@contextmanager
def _world() -> Iterator[Clusters]:
    with TemporaryDirectory() as folder:
        world = open_clusters(Path(folder) / "state")
        try:
            yield world
        finally:
            world.close()


def _fill(world: Clusters, name: str) -> None:
    """As an EKS cluster of the example comes up: two pools in three zones, six add-ons."""
    world.cluster(name)
    for addon in ADDONS:
        world.addon(name, addon)
    for pool in ("system", "general"):
        world.group(name, pool)
    for addon in LATE_ADDONS:
        world.addon(name, addon)


@cache
def _measured() -> tuple[float, float, float]:
    """Seconds until ready, MiB then (etcd included), seconds from asleep to an answer."""
    with _world() as world:
        start = time.perf_counter()
        _fill(world, "one")
        ready = time.perf_counter() - start
        memory = sum(processes.memory_mib(process) for process in processes.running(places.root(world.state)).values())
        world.restart()
        start = time.perf_counter()
        world.api("one").get("/api/v1/namespaces")
        return ready, memory, time.perf_counter() - start


def ready_seconds() -> float:
    return _measured()[0]


def memory_mib() -> float:
    return _measured()[1]


def wake_seconds() -> float:
    return _measured()[2]
