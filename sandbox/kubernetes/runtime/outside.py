"""The clusters as seen from outside the daemon: what runs, stop and start one API server, end them all."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.cloud.database import open_store
from sandbox.cloud.view import View
from sandbox.kubernetes.facts import clusters
from sandbox.kubernetes.runtime import control_plane, network, places, processes, waiting
from sandbox.kubernetes.runtime.api import Api
from sandbox.kubernetes.runtime.keeper import CONDITION, Phase
from sandbox.kubernetes.runtime.network import Position
from sandbox.kubernetes.runtime.places import Place
from sandbox.kubernetes.runtime.problem import RuntimeProblem

STOP_SECONDS: Final = 15.0
START_SECONDS: Final = 90.0


@dataclass(frozen=True)
class Running:
    """One cluster as it is now. phase: as its keeper last said, `down` where nobody keeps it. memory_mib: of its processes, etcd apart."""

    name: str
    uid: str
    endpoint: str
    phase: Phase | str
    note: str
    minor: str
    processes: tuple[str, ...]
    memory_mib: float


@dataclass(frozen=True)
class Etcd:
    running: bool
    memory_mib: float


def status(state: Path, *, served: bool) -> tuple[tuple[Running, ...], Etcd]:
    """All clusters, by name. served: whether the daemon runs, without which nobody keeps them."""
    found = processes.running(places.root(state))
    store = found.get(f"{places.root(state)}:etcd")
    shown = sorted((_status(place, found, served) for place in places.all_places(state)), key=lambda item: (item.name, item.uid))
    return tuple(shown), Etcd(store is not None, processes.memory_mib(store) if store else 0.0)


def _status(place: Place, found: dict[str, processes.Process], served: bool) -> Running:
    own = {name: found[mark] for name in control_plane.COMPONENTS if (mark := f"{place.folder}:{name}") in found}
    kept = json.loads((place.folder / CONDITION).read_text()) if (place.folder / CONDITION).exists() else {}
    stopped = place.stopped_file.exists()
    phase = "stopped" if stopped else str(kept.get("phase", "starting")) if served else "down"
    return Running(
        name=place.name,
        uid=place.uid,
        endpoint=place.url,
        phase=phase,
        note=str(kept.get("note", "")) if served else "",
        minor=str(kept.get("minor", "")),
        processes=tuple(own),
        memory_mib=round(sum(processes.memory_mib(process) for process in own.values()), 1),
    )


def stop(state: Path, name: str) -> Place:
    """Take one cluster's control plane away until `start`; the clouds, and the other clusters, do not notice. Raises RuntimeProblem."""
    place = one(state, name)
    place.stopped_file.touch()
    ended = waiting.until(lambda: not _own(place), STOP_SECONDS, threading.Event()) if _own(place) else True
    if not ended:  # the daemon is not there to do it
        processes.stop(_own(place))
    return place


def start(state: Path, name: str, *, served: bool) -> Place:
    """Bring a stopped cluster back and wait until it is ready; without a daemon it comes with the next one. Raises RuntimeProblem."""
    place = one(state, name)
    place.stopped_file.unlink(missing_ok=True)
    if served:
        api = Api(place, past_doorbell=False)
        ready = waiting.until(api.is_ready, START_SECONDS, threading.Event())
        api.close()
        if not ready:
            raise RuntimeProblem(
                f"{place.name} is not ready after {START_SECONDS:.0f} s; see {place.folder}/*.log and `fleet sandbox status`."
            )
    return place


def follow(state: Path, to: Position, *, served: bool) -> None:
    """Put the user inside or outside, and wait until the clusters listen accordingly; without a daemon they do at the next start.

    Raises RuntimeProblem where one does not.
    """
    network.move(state, to)
    if not served:
        return
    store = open_store(state)
    try:
        wanted = {facts.uid: network.is_hidden(state, facts) for facts in clusters(View(store, None))}
    finally:
        store.close()

    def late() -> list[str]:
        kept = [place for place in places.all_places(state) if place.uid in wanted and not place.stopped_file.exists()]
        return [place.name for place in kept if place.hidden != wanted[place.uid] or not _is_ready(place)]

    if not waiting.until(lambda: not late(), START_SECONDS, threading.Event()):
        raise RuntimeProblem(f"{', '.join(late())}: not {to} the network after {START_SECONDS:.0f} s; see `fleet sandbox status`.")


def _is_ready(place: Place) -> bool:
    api = Api(place, past_doorbell=False)
    try:
        return api.is_ready()
    finally:
        api.close()


def one(state: Path, name: str) -> Place:
    """The place of the cluster of this name or uid. Raises RuntimeProblem where none or several are called so."""
    known = places.all_places(state)
    found = [place for place in known if name in (place.name, place.uid, place.key)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RuntimeProblem(f"several clusters are called {name}; say which: {', '.join(place.uid for place in found)}")
    raise RuntimeProblem(f"no cluster {name} in {state}. There are: {', '.join(place.name for place in known) or 'none'}.")


def stop_all(state: Path) -> int:
    """End every process of a state directory's clusters, whoever started it; returns how many there were."""
    found = processes.running(places.root(state))
    store = found.pop(f"{places.root(state)}:etcd", None)
    processes.stop(found.values())
    if store is not None:
        processes.stop([store], gently=True)
    return len(found) + (store is not None)


def _own(place: Place) -> list[processes.Process]:
    return list(processes.running(place.folder).values())
