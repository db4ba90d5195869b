"""What all clusters of one sandbox share: its state directory, its store, its etcd, and the flags that access adds."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.cloud.database import Store
from sandbox.cloud.view import View
from sandbox.kubernetes.access.webhooks import configs
from sandbox.kubernetes.facts import ClusterFacts, clusters
from sandbox.kubernetes.runtime import binaries, etcd, places, processes, waiting
from sandbox.kubernetes.runtime.control_plane import Access
from sandbox.kubernetes.runtime.guard import Guard
from sandbox.kubernetes.runtime.problem import RuntimeProblem

ETCD_SECONDS: Final = 30.0
ETCD_LOOK_SECONDS: Final = 0.25


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
            waiting.until(lambda: not self.etcd.is_alive() or etcd.is_healthy(self.state), ETCD_SECONDS, self.ending)
            if not etcd.is_healthy(self.state):
                how = "does not answer" if self.etcd.is_alive() else "ended"
                raise RuntimeProblem(f"etcd {how}; the end of {program.log}:\n{processes.last_words(program)}")

    def keep_etcd(self) -> None:
        """Until the world ends, start an etcd again that died: whoever keeps a cluster may be waiting for an answer that needs it."""
        while not self.ending.wait(ETCD_LOOK_SECONDS):
            if self.etcd.process is not None and not self.etcd.is_alive():
                with suppress(RuntimeProblem):  # said by the keepers, who need it next
                    self.ensure_etcd()


def access(state: Path, facts: ClusterFacts) -> Access:
    """The flags that make the cluster's API server ask its cloud who comes, and behind RBAC what for."""
    return Access({**configs(state, facts), "authorization-mode": "Node,RBAC,Webhook"})
