"""One thread a cluster: keeps its control plane running and its inside as the store says, until the store has it no more."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import psutil

from sandbox.kubernetes.facts import ClusterFacts
from sandbox.kubernetes.runtime import binaries, control_plane, etcd, filling, network, places, processes, waiting
from sandbox.kubernetes.runtime.addons import Addon, addons
from sandbox.kubernetes.runtime.api import Api, ApiProblem
from sandbox.kubernetes.runtime.binaries import Binaries
from sandbox.kubernetes.runtime.doorbell import Doorbell
from sandbox.kubernetes.runtime.guard import Guard
from sandbox.kubernetes.runtime.nodes import Node, nodes
from sandbox.kubernetes.runtime.places import Place
from sandbox.kubernetes.runtime.problem import RuntimeProblem
from sandbox.kubernetes.runtime.processes import Program
from sandbox.kubernetes.runtime.world import World, access

Phase = Literal["asleep", "starting", "ready", "stopped", "failed", "gone"]

CONDITION: Final = "condition.json"
"""In the cluster's folder: the condition its keeper last found it in, for whoever looks from outside."""

LOOK_SECONDS: Final = 0.5
CHECK_SECONDS: Final = 30.0
READY_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Condition:
    """How a cluster is. note: why, or what is to be known of it; minor: of the binaries that run it, empty where none do."""

    phase: Phase
    note: str = ""
    minor: str = ""


@dataclass(frozen=True)
class Plan:
    """The programs of a cluster as its facts want them."""

    facts: ClusterFacts
    built: Binaries
    server: Program
    others: tuple[Program, ...]


def _plan(state: Path, facts: ClusterFacts, place: Place) -> Plan:
    """Raises RuntimeProblem where the binaries are missing."""
    built = binaries.for_minor(facts.minor)
    paths = built.paths
    return Plan(
        facts,
        built,
        control_plane.api_server(state, facts, place, paths[control_plane.API_SERVER], access(state, facts)),
        (
            control_plane.controllers(state, place, paths[control_plane.CONTROLLERS]),
            control_plane.scheduler(state, place, paths[control_plane.SCHEDULER]),
            control_plane.nodes(state, place, paths[control_plane.NODES]),
        ),
    )


class Keeper:
    """Works in rounds: a round that began after a change of the store and ended well has brought it into the cluster."""

    def __init__(self, world: World, uid: str, adopted: Mapping[str, psutil.Process], *, asleep: bool) -> None:
        self.uid = uid
        self.thread = threading.Thread(target=self._run, name=f"keeper of {uid}", daemon=True)
        self.condition = Condition("starting")
        self._world = world
        self._place = places.allot(world.state, uid)
        self._guards = {name: Guard(adopted.get(f"{self._place.folder}:{name}")) for name in control_plane.COMPONENTS}
        self._changed = threading.Condition()
        self._asked = 1
        self._done = 0
        self._filled: tuple[list[Node], list[Addon]] | None = None
        self._checked = 0.0
        self._plan: Plan | None = None
        self._api: Api | None = None
        self._doorbell = self._lie_down() if asleep else None

    def ask(self) -> int:
        """Have a new round begin at once; returns its number."""
        with self._changed:
            self._asked += 1
            for guard in self._guards.values():
                guard.forgive()
            if self._doorbell is not None:
                self._doorbell.rung.set()
            self._changed.notify_all()
            return self._asked

    def wait(self, number: int, seconds: float) -> Condition | None:
        """The condition once round `number` has ended, None where it has not within `seconds`."""
        with self._changed:
            ended = self._changed.wait_for(lambda: self._done >= number or self._world.ending.is_set(), seconds)
            return self.condition if ended else None

    def _run(self) -> None:
        if self._doorbell is not None:
            self._sleep(self._doorbell)
        while not self._world.ending.is_set():
            number = self._asked
            condition = self._round()
            self._answer(condition.phase == "ready")
            self._tell(condition)
            with self._changed:
                self._done = number
                self._changed.notify_all()
                if condition.phase == "gone":
                    return
                self._changed.wait_for(lambda: self._asked > number, LOOK_SECONDS)  # noqa: B023 - called before the next turn

    def end(self) -> None:
        """Wake it, so that it sees that the world ends."""
        with self._changed:
            self._changed.notify_all()

    def memory_mib(self) -> float:
        """What its processes cost together."""
        return sum(processes.memory_mib(guard.process) for guard in self._guards.values() if guard.process is not None)

    # --- asleep -----------------------------------------------------------------------------------------------------------------------

    def _lie_down(self) -> Doorbell | None:
        """A cluster that nobody asks for costs nothing; one that runs already, or is stopped, or whose port is taken, does not sleep."""
        if self._place.stopped_file.exists() or any(guard.is_alive() for guard in self._guards.values()):
            return None
        with suppress(OSError):
            bell = Doorbell(self._place)
            self._tell(Condition("asleep", "starts when it is asked"))
            return bell
        return None

    def _sleep(self, bell: Doorbell) -> None:
        """Until somebody comes, the clouds change it, it is to be stopped or to listen elsewhere, or the world ends."""
        while not bell.rung.wait(LOOK_SECONDS):
            facts = self._world.facts(self.uid)
            if self._world.ending.is_set() or self._place.stopped_file.exists() or facts is None:
                return
            if network.is_hidden(self._world.state, facts) != self._place.hidden:
                return

    def _answer(self, up: bool) -> None:
        """Whoever waits at the doorbell is let in, or sent away."""
        if self._doorbell is not None:
            self._doorbell.close(up=up)
            self._doorbell = None

    # --- one round --------------------------------------------------------------------------------------------------------------------

    def _round(self) -> Condition:
        facts = self._world.facts(self.uid)
        try:
            if facts is None:
                return self._remove()
            if self._place.stopped_file.exists():
                return self._rest()
            return self._serve(facts)
        except (RuntimeProblem, ApiProblem, OSError) as problem:
            return Condition("failed", str(problem))

    def _serve(self, facts: ClusterFacts) -> Condition:
        self._world.ensure_etcd()
        self._hide(network.is_hidden(self._world.state, facts))
        if self._plan is None or self._plan.facts != facts:
            control_plane.write_credentials(facts, self._place)
            self._plan = _plan(self._world.state, facts, self._place)
        built = self._plan.built
        self._start(self._plan)
        self._fill(facts)
        return Condition("ready", built.note, built.minor)

    def _hide(self, hidden: bool) -> None:
        """Have it listen where the user's position wants it to."""
        if hidden == self._place.hidden:
            return
        self._answer(False)
        self._stop()
        self._place = places.hide(self._place, hidden=hidden)
        control_plane.readdress(self._place)

    def _start(self, plan: Plan) -> None:
        """The API server first, as the others end where there is none, or none with an etcd behind it.

        Who plays the kubelet starts anew with them: what failed meanwhile it does not try again (kwok 0.8, utils.go, shouldRetry).
        """
        server = self._guards[plan.server.name]
        if server.ensure(plan.server, self._world.etcd.started):
            self._tell(Condition("starting", plan.built.note, plan.built.minor))
            self._filled = None
            self._await(plan.server)
            self._answer(True)
        since = max(self._world.etcd.started, server.started)
        self._guards[control_plane.NODES].end_older(since)
        if not all(self._guards[program.name].is_alive() for program in plan.others):
            self._await(plan.server)
        if not self._guards[control_plane.NODES].is_alive():
            filling.release_nodes(self._reach())
        for program in plan.others:
            self._guards[program.name].ensure(program, since)

    def _await(self, server: Program) -> None:
        """Until the API server says it is ready. Raises RuntimeProblem where it ends or takes too long."""
        guard, api = self._guards[server.name], self._reach()
        waiting.until(lambda: not guard.is_alive() or api.is_ready(), READY_SECONDS, self._world.ending)
        if not api.is_ready():
            how = "is not ready" if guard.is_alive() else "ended"
            raise RuntimeProblem(f"{server.name} of {self.uid} {how}; the end of {server.log}:\n{processes.last_words(server)}")

    def _fill(self, facts: ClusterFacts) -> None:
        """Bring nodes and add-ons in where the store wants others than last time, and look after nodes and definitions now and then."""
        wanted = list(nodes(self._world.view, facts)), list(addons(self._world.view, facts))
        if wanted == self._filled and time.monotonic() < self._checked + CHECK_SECONDS:
            return
        api = self._reach()
        filling.keep_nodes(api, wanted[0], self._world.ending)
        filling.free_definitions(api)
        if self._filled is None or wanted[1] != self._filled[1]:
            filling.keep_addons(api, wanted[1])
        self._filled, self._checked = wanted, time.monotonic()

    def _tell(self, condition: Condition) -> None:
        if condition != self.condition and condition.phase != "gone":
            places.write_secret(self._place.folder / CONDITION, json.dumps(asdict(condition)).encode())
        self.condition = condition

    def _rest(self) -> Condition:
        """Stopped on purpose: nothing of it runs."""
        self._stop()
        return Condition("stopped", f"by `fleet sandbox cluster stop`; start it with `fleet sandbox cluster start {self._place.name}`")

    def _remove(self) -> Condition:
        self._stop()
        self._world.ensure_etcd()
        etcd.delete_prefix(self._world.state, control_plane.prefix(self._place) + "/")
        places.forget(self._place)
        return Condition("gone")

    def _stop(self) -> None:
        self._filled = self._plan = None
        if self._api is not None:
            self._api.close()
            self._api = None
        processes.stop([guard.process for guard in self._guards.values() if guard.process is not None and guard.is_alive()])

    def _reach(self) -> Api:
        if self._api is None:
            self._api = Api(self._place)
        return self._api
