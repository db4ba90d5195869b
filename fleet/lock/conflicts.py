"""Decisions in a lock that cannot both be true: what two branches took at once merges cleanly in git and is found here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from fleet.lock.file import LockFile
from fleet.lock.model import Lock
from fleet.lock.ranges import Range, overlapping, parse_range
from fleet.spec.problem import Problem, SpecError

Entry = tuple[str, str]
"""(section, name) of a lock entry; section `reserved` for a range the spec reserves."""


@dataclass(frozen=True)
class Conflict:
    """Two entries that hold the same addresses or the same name."""

    first: Entry
    second: Entry
    what: str


def conflicts(lock: Lock, reserved: Mapping[str, str]) -> Iterator[Conflict]:
    """Overlapping ranges in a routing domain, and physical names taken twice."""
    for owned in _ranges_by_domain(lock, reserved).values():
        for (first_range, first), (second_range, second) in overlapping((span, _join(entry)) for span, entry in owned):
            yield Conflict(_split(first), _split(second), f"{first_range} overlaps {second_range}")
    yield from _same_names(lock)


def require_sound(file: LockFile, reserved: Mapping[str, str]) -> None:
    """Raise SpecError naming both entries of every conflict, and entries that point at nothing."""
    problems = list(_broken(file))
    if not problems:
        problems = [_problem(file, conflict) for conflict in conflicts(file.lock, reserved)]
    if problems:
        raise SpecError(problems)


def without_newcomers(lock: Lock, base: Lock, reserved: Mapping[str, str]) -> Lock:
    """The lock without the conflicting entries that `base` does not have: deciding again moves only those.

    What the base has with other ranges is put back as the base has it. Of two newcomers the later by name goes. Raises ValueError when
    both entries of a conflict are in the base.
    """
    lock = _as_in_base(lock, base)
    known = {("networks", name) for name in base.networks} | {("clusters", name) for name in base.clusters}
    doomed: set[Entry] = set()
    for conflict in conflicts(lock, reserved):
        if conflict.first in doomed or conflict.second in doomed:
            continue
        newcomers = [entry for entry in (conflict.first, conflict.second) if entry[0] in ("networks", "clusters") and entry not in known]
        if not newcomers:
            raise ValueError(f"{conflict.what}: {conflict.first[1]} and {conflict.second[1]} are both in")
        doomed.add(max(newcomers))
    return _without(lock, doomed)


def _as_in_base(lock: Lock, base: Lock) -> Lock:
    """The lock with the base's places for what both have, and without clusters that then lie outside their network."""
    networks = {**lock.networks, **{name: entry for name, entry in base.networks.items() if name in lock.networks}}
    clusters = {
        name: msgspec.structs.replace(entry, network=base.clusters[name].network, ranges=base.clusters[name].ranges)
        if name in base.clusters
        else entry
        for name, entry in lock.clusters.items()
    }
    inside = {
        name: entry
        for name, entry in clusters.items()
        if not entry.network or parse_range(networks[entry.network].range).contains(parse_range(entry.ranges["nodes"]))
    }
    return msgspec.structs.replace(lock, networks=networks, clusters=inside)


def _without(lock: Lock, doomed: set[Entry]) -> Lock:
    networks = {name for section, name in doomed if section == "networks"}
    clusters = {name for section, name in doomed if section == "clusters"}
    clusters |= {name for name, cluster in lock.clusters.items() if cluster.network in networks}
    return msgspec.structs.replace(
        lock,
        networks={name: network for name, network in lock.networks.items() if name not in networks},
        clusters={name: cluster for name, cluster in lock.clusters.items() if name not in clusters},
    )


def _ranges_by_domain(lock: Lock, reserved: Mapping[str, str]) -> dict[str, list[tuple[Range, Entry]]]:
    """All node and pod ranges by routing domain, each domain with the reserved ranges; service and control-plane ranges by network."""
    networks = {**lock.retired_networks, **lock.networks}
    held: dict[str, list[tuple[Range, Entry]]] = {}
    sections = (("networks", lock.networks), ("retiredNetworks", lock.retired_networks))
    for section, found in sections:
        for name, network in found.items():
            held.setdefault(network.domain, []).append((parse_range(network.range), (section, name)))
    for section, clusters in (("clusters", lock.clusters), ("retiredClusters", lock.retired_clusters)):
        for name, cluster in clusters.items():
            if not cluster.network:
                continue
            domain = networks[cluster.network].domain
            held.setdefault(domain, []).append((parse_range(cluster.ranges["pods"]), (section, name)))
            for what in ("nodes", "controlPlane", "services"):
                held.setdefault(f"{what} of {cluster.network}", []).append((parse_range(cluster.ranges[what]), (section, name)))
    for domain in {network.domain for network in networks.values()}:
        held[domain] += [(parse_range(span), ("reserved", name)) for name, span in reserved.items()]
    return held


def _same_names(lock: Lock) -> Iterator[Conflict]:
    seen: dict[tuple[str, str], str] = {}
    for name, cluster in sorted(lock.clusters.items()):
        key = (cluster.network, cluster.name)
        if key in seen:
            yield Conflict(("clusters", seen[key]), ("clusters", name), f'both are named "{cluster.name}"')
        seen.setdefault(key, name)


def _broken(file: LockFile) -> Iterator[Problem]:
    networks = {**file.lock.retired_networks, **file.lock.networks}
    for section, clusters in (("clusters", file.lock.clusters), ("retiredClusters", file.lock.retired_clusters)):
        for name, cluster in clusters.items():
            if not cluster.network:
                continue
            if cluster.network not in networks:
                message = f'{name} lies in network "{cluster.network}", which the lock does not have. Restore the line from git.'
                yield Problem(file.mark(section, name), (), message)
            yield from _bad_ranges(file, (section, name), cluster.ranges.values())
            missing = {"nodes", "pods", "services", "controlPlane"} - set(cluster.ranges)
            if missing:
                message = f"{name} lacks the ranges {', '.join(sorted(missing))}. Restore the line from git."
                yield Problem(file.mark(section, name), (), message)
    for section, found in (("networks", file.lock.networks), ("retiredNetworks", file.lock.retired_networks)):
        for name, network in found.items():
            yield from _bad_ranges(file, (section, name), [network.range])


def _bad_ranges(file: LockFile, entry: Entry, ranges: Iterable[str]) -> Iterator[Problem]:
    for text in ranges:
        try:
            parse_range(text)
        except ValueError as error:
            yield Problem(file.mark(*entry), (), f"{entry[1]}: {error}. Restore the line from git.")


def _problem(file: LockFile, conflict: Conflict) -> Problem:
    later = max(conflict.first, conflict.second, key=lambda entry: file.mark(*entry).line)
    other = conflict.first if later == conflict.second else conflict.second
    place = "fleet.yaml addressing.reserved" if other[0] == "reserved" else f"{file.name}:{file.mark(*other).line}"
    way_out = (
        "A reserved range is never used: change the reservation, or remove the entry from the lock if nothing was built yet."
        if other[0] == "reserved"
        else "Two branches took it at once: run `fleet lock --base REF`, which moves only the one that REF does not have."
    )
    return Problem(file.mark(*later), (), f"{later[1]}: {conflict.what} of {other[1]} ({place}). {way_out}")


def _join(entry: Entry) -> str:
    return "/".join(entry)


def _split(text: str) -> Entry:
    section, _, name = text.partition("/")
    return section, name
