"""Real API servers behind the clouds' clusters, run by the daemon: what `sandbox.cloud.clusters.Clusters` asks for."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

from sandbox.cloud.clusters import Address
from sandbox.cloud.database import Store
from sandbox.cloud.request import Stored
from sandbox.kubernetes.access.bastion import Bastion
from sandbox.kubernetes.access.service import Service
from sandbox.kubernetes.facts import EKS_CLUSTER, GKE_CLUSTER, ClusterFacts, clusters, text
from sandbox.kubernetes.runtime import filling, places, processes, waiting
from sandbox.kubernetes.runtime.addons import ADDON, addons
from sandbox.kubernetes.runtime.api import Api, ApiProblem
from sandbox.kubernetes.runtime.keeper import Condition, Keeper
from sandbox.kubernetes.runtime.nodes import NODE_GROUP, NODE_POOL, nodes
from sandbox.kubernetes.runtime.outside import stop_all
from sandbox.kubernetes.runtime.world import World

SETTLE_SECONDS: Final = 180.0
WORKLOAD_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 1.0
_INSIDE: Final = (NODE_GROUP, NODE_POOL, ADDON)


class Supervisor:
    """All clusters of one state directory. One of it at a time: the daemon's lock sees to that."""

    def __init__(self, state: Path, store: Store) -> None:
        self._world = World(state, store)
        self._access = Service(state, store)
        self._bastion = Bastion(state)
        self._keepers: dict[str, Keeper] = {}
        self._lock = threading.Lock()
        self._adopted = processes.running(places.root(state))
        self._world.etcd.adopt(self._adopted.get(f"{places.root(state)}:etcd"))

    def start(self) -> None:
        """Take care of every cluster the store has, and of those that vanish behind the engine's back. They sleep until they are asked."""
        self._look()
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()
        threading.Thread(target=self._world.keep_etcd, name="keeper of etcd", daemon=True).start()

    def close(self) -> None:
        """End everything that runs; what is in the clusters stays."""
        self._world.ending.set()
        for keeper in list(self._keepers.values()):
            keeper.end()
        for keeper in list(self._keepers.values()):
            keeper.thread.join(processes.STOP_SECONDS)
        stop_all(self._world.state)
        self._access.close()
        self._bastion.close()

    def address(self, uid: str) -> Address:
        place = places.allot(self._world.state, uid)
        return Address(place.endpoint, place.certificate_authority())

    def settle(self, changed: Stored) -> str:
        uid = self._uid(changed)
        if not uid:
            return ""
        keeper = self._keeper(uid)
        condition = self._settled(keeper)
        if condition.phase in ("stopped", "gone"):
            return ""
        if condition.phase != "ready":
            return f"the cluster {uid} is not ready: {condition.note}"
        return self._unready(changed, uid)

    def _settled(self, keeper: Keeper) -> Condition:
        """The condition once a round that began now has ended well; a failing one is given time to mend."""
        number, end = keeper.ask(), time.monotonic() + SETTLE_SECONDS
        while True:
            left = end - time.monotonic()
            condition = keeper.wait(number, max(left, 0))
            if condition is None:
                return keeper.condition
            if condition.phase != "failed" or left <= 0 or self._world.ending.is_set():
                return condition
            number += 0 if keeper.wait(number + 1, LOOK_SECONDS) is None else 1

    def _unready(self, changed: Stored, uid: str) -> str:
        """What of a node pool or an add-on did not come up in time."""
        place, facts = places.find(self._world.state, uid), self._world.facts(uid)
        if changed.type not in _INSIDE or place is None or facts is None:
            return ""
        api = Api(place)
        lacking: list[str] = []

        def is_up() -> bool:
            lacking[:] = self._lacking(api, changed, facts)
            return not lacking

        try:
            if waiting.until(is_up, WORKLOAD_SECONDS, self._world.ending):
                return ""
        except ApiProblem as problem:
            return str(problem)
        finally:
            api.close()
        return f"{changed.id}: not running after {WORKLOAD_SECONDS:.0f} s: {', '.join(lacking)}"

    def _lacking(self, api: Api, changed: Stored, facts: ClusterFacts) -> list[str]:
        if changed.type == ADDON:
            name = text(changed.outputs, "addonName")
            return [item for addon in addons(self._world.view, facts) if addon.name == name for item in filling.unavailable(api, addon)]
        return filling.unready_nodes(api, nodes(self._world.view, facts))

    def _uid(self, changed: Stored) -> str:
        """The cluster a resource is or is part of, empty where it is none or nothing real is behind it."""
        if changed.type == EKS_CLUSTER:
            uid = text(changed.outputs, "arn")
        elif changed.type == GKE_CLUSTER:
            uid = changed.id
        elif changed.type == NODE_POOL:
            uid = changed.id.rsplit("/nodePools/", 1)[0]
        elif changed.type in (NODE_GROUP, ADDON):
            uid = f"arn:aws:eks:{changed.caller.region}:{changed.caller.account}:cluster/{text(changed.outputs, 'clusterName')}"
        else:
            return ""
        return uid if places.find(self._world.state, uid) else ""

    def _keeper(self, uid: str, *, asleep: bool = False) -> Keeper:
        with self._lock:
            there = self._keepers.get(uid)
            if there is not None and there.thread.is_alive():
                return there
            keeper = self._keepers[uid] = Keeper(self._world, uid, self._adopted, asleep=asleep)
            keeper.thread.start()
            return keeper

    def _look(self) -> None:
        """A keeper for every cluster that has a place, those whose cluster is gone included: they clear it away."""
        for place in places.all_places(self._world.state):
            self._keeper(place.uid, asleep=True)

    def _watch(self) -> None:
        while not self._world.ending.wait(LOOK_SECONDS):
            known = {facts.uid for facts in clusters(self._world.view)}
            for place in places.all_places(self._world.state):
                if place.uid in known:
                    self._keeper(place.uid)
