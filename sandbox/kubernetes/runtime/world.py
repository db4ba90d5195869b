"""What all clusters of one sandbox share: its state directory, its store, its etcd, and the flags that access adds."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.cloud.database import Store
from sandbox.cloud.view import View
from sandbox.kubernetes.facts import ClusterFacts, clusters
from sandbox.kubernetes.runtime import binaries, etcd, places, processes, waiting
from sandbox.kubernetes.runtime.control_plane import Access
from sandbox.kubernetes.runtime.guard import Guard
from sandbox.kubernetes.runtime.problem import RuntimeProblem

ETCD_SECONDS: Final = 30.0
ACCESS: Final = "sandbox.kubernetes.access"


@dataclass
class World:
    """ending: set when the daemon ends; every wait gives way to it."""

    state: Path
    store: Store
    ending: threading.Event = field(default_factory=threading.Event)
    etcd: Guard = field(default_factory=Guard)
    etcd_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def view(self) -> View:
        """Everything in the clouds."""
        return View(self.store, None)

    def facts(self, uid: str) -> ClusterFacts | None:
        """The cluster as the store has it now, None where it is gone."""
        return next((facts for facts in clusters(self.view) if facts.uid == uid), None)

    def ensure_etcd(self) -> None:
        """Have etcd run and answer. Raises RuntimeProblem."""
        with self.etcd_lock:
            places.root(self.state).mkdir(parents=True, exist_ok=True)
            program = etcd.program(self.state, binaries.one("etcd"))
            if not self.etcd.ensure(program):
                return
            if not waiting.until(lambda: etcd.is_healthy(self.state), ETCD_SECONDS, self.ending):
                raise RuntimeProblem(f"etcd does not answer; the end of {program.log}:\n{processes.last_words(program)}")


def access(state: Path, facts: ClusterFacts) -> Access:
    """The flags that sandbox.kubernetes.access wants the cluster's API server to have; none where that package is not there."""
    if importlib.util.find_spec(ACCESS) is None:
        return Access({})
    configs: Callable[[Path, ClusterFacts], Mapping[str, object]] = importlib.import_module(ACCESS).configs
    flags = {flag.removeprefix("--"): str(item) for flag, item in configs(state, facts).items()}
    if "authorization-webhook-config-file" in flags:
        flags.setdefault("authorization-mode", "Node,RBAC,Webhook")
    return Access(flags)
