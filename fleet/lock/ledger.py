"""The lock while a fleet is compiled: what was decided before is kept, what is new is decided now, what is gone is retired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from fleet.lock.model import Choice, Lock, LockedCluster, LockedNetwork
from fleet.lock.ranges import Range, Space, parse_range

T = TypeVar("T")
HUB_PREFIX = 20
"""The first /20 of a network holds what its clusters share (public subnets) and their control-plane ranges."""
CONTROL_PLANE_PREFIX = 26
"""Four /28 of control-plane subnets for each cluster; EKS and GKE both want /28."""
_HUB_RESERVED_PREFIX = 22
"""The first /22 of the hub: four /24 of public subnets."""


class Exhausted(Exception):
    """No block of the wanted size is left; the message says of what and for whom. pool: `nodes`, `pods` or `services`."""

    def __init__(self, pool: str, message: str) -> None:
        super().__init__(message)
        self.pool = pool


@dataclass(frozen=True)
class Plan:
    """The ranges to allot from: pool name to range, the reserved ranges, and the routing domain of each environment."""

    nodes: Range
    pods: Range
    services: Range
    reserved: tuple[Range, ...]
    network_prefix: int
    domains: Mapping[str, str]

    def domain(self, environment: str) -> str:
        """The routing domain of an environment: its own unless the spec joins it with others."""
        return self.domains.get(environment, environment)


@dataclass(frozen=True)
class Demand:
    """What one cluster needs of the lock. prefixes: `nodes`, `pods`, `services` to prefix length. aliases: names it may have had."""

    cluster: str
    environment: str
    region: str
    stack: str
    physical_name: str
    network_name: str
    prefixes: Mapping[str, int]
    aliases: tuple[str, ...] = ()


class Ledger:
    """Serves demands from a lock and remembers what it added. Ask for all clusters in one call of `settle`, then for choices."""

    def __init__(self, lock: Lock, plan: Plan, *, upgrade: bool = False) -> None:
        self._old = lock
        self._plan = plan
        self._upgrade = upgrade
        self._networks: dict[str, LockedNetwork] = {}
        self._clusters: dict[str, LockedCluster] = {}
        self._choices: dict[str, dict[str, Choice]] = {}
        self._known_networks = {**lock.retired_networks, **lock.networks}
        self._known_clusters = {**lock.retired_clusters, **lock.clusters}
        self._members: dict[str, list[LockedCluster]] = {}
        for cluster in self._known_clusters.values():
            self._members.setdefault(cluster.network, []).append(cluster)
        self._node_spaces: dict[str, Space] = {}
        self._pod_spaces: dict[str, Space] = {}
        self._inner_spaces: dict[tuple[str, str], Space] = {}

    def settle(self, demands: list[Demand]) -> None:
        """Give every demand its network, ranges and names; known ones first, then new ones by name. Raises Exhausted."""
        fresh = []
        for demand in demands:
            self._rename(demand)
        for demand in sorted(demands, key=lambda demand: demand.cluster):
            known = self._known_clusters.get(demand.cluster)
            if known is None:
                fresh.append(demand)
                continue
            self._clusters[demand.cluster] = known
            self._networks[known.network] = self._known_networks[known.network]
        for demand in fresh:
            self._clusters[demand.cluster] = self._allot(demand)

    def _rename(self, demand: Demand) -> None:
        """Let a demand that the lock does not know take over what it holds under a name that the demand had."""
        live = self._old.clusters
        former = next((name for name in demand.aliases if name in live), None)
        if former is None or demand.cluster in live:
            return
        held = self._known_clusters.pop(former)
        first = held.formerly or former
        renamed = msgspec.structs.replace(held, formerly=None if first == demand.cluster else first)
        self._known_clusters[demand.cluster] = renamed

    def network(self, key: str) -> LockedNetwork:
        """The network `key`, after `settle`."""
        return self._networks[key]

    def cluster(self, name: str) -> LockedCluster:
        """The cluster `name`, after `settle`; its choices are those of the old lock."""
        return self._clusters[name]

    def choose(self, cluster: str, key: str, wanted: object, kind: type[T], pick: Callable[[], T]) -> T:
        """The locked choice of type `kind` if the same was wanted before; otherwise what `pick` takes from the catalogue now."""
        plain = _plain(wanted)
        known = self._clusters[cluster].choices.get(key)
        if known is None or known.wanted != plain or self._upgrade:
            known = Choice(plain, _plain(pick()))
        self._choices.setdefault(cluster, {})[key] = known
        return msgspec.convert(known.taken, kind)

    def finish(self) -> Lock:
        """The lock that holds all that was asked for, with everything else retired."""
        clusters = {name: msgspec.structs.replace(cluster, choices=self._choices.get(name, {})) for name, cluster in self._clusters.items()}
        return Lock(
            networks=self._networks,
            clusters=clusters,
            retired_networks={key: value for key, value in self._known_networks.items() if key not in self._networks},
            retired_clusters={key: value for key, value in self._known_clusters.items() if key not in clusters},
        )

    def _allot(self, demand: Demand) -> LockedCluster:
        domain = self._plan.domain(demand.environment)
        network, nodes = self._place(demand, domain)
        ranges = {
            "nodes": nodes,
            "pods": self._take(self._pod_space(domain), demand, "pods", domain),
            "services": self._take(self._inner(network, "services"), demand, "services", domain),
            "controlPlane": self._inner(network, "controlPlane").take(CONTROL_PLANE_PREFIX),
        }
        cluster = LockedCluster(
            name=demand.physical_name,
            stack=demand.stack,
            network=network,
            ranges={key: str(value) for key, value in ranges.items()},
            choices={},
        )
        self._members.setdefault(network, []).append(cluster)
        return cluster

    def _place(self, demand: Demand, domain: str) -> tuple[str, Range]:
        """A network of the demand's environment and region with room for its nodes, made if there is none."""
        for index in range(1, 1000):
            key = f"{demand.environment}-{demand.region}" + (f"-{index}" if index > 1 else "")
            if key not in self._known_networks:
                self._make_network(key, demand, domain, index)
            self._networks[key] = self._known_networks[key]
            if len(self._members.get(key, ())) < _CLUSTERS_PER_HUB:
                nodes = self._inner(key, "nodes").take(demand.prefixes["nodes"])
                if nodes:
                    return key, nodes
        raise Exhausted("nodes", f'no network of {demand.environment} in {demand.region} has room for "{demand.cluster}"')

    def _make_network(self, key: str, demand: Demand, domain: str, index: int) -> None:
        if demand.prefixes["nodes"] <= self._plan.network_prefix:
            raise Exhausted(
                "nodes",
                f"network.nodesPrefix /{demand.prefixes['nodes']} of {demand.cluster} does not fit in a network of "
                f"/{self._plan.network_prefix} beside what its clusters share; raise nodesPrefix or lower addressing.networkPrefix",
            )
        block = self._node_space(domain).take(self._plan.network_prefix)
        if block is None:
            raise Exhausted("nodes", self._exhausted("nodes", self._plan.network_prefix, f"network {key}", domain))
        name = demand.network_name + (f"-{index}" if index > 1 else "")
        self._known_networks[key] = LockedNetwork(name=name, domain=domain, range=str(block))

    def _take(self, space: Space, demand: Demand, what: str, domain: str) -> Range:
        block = space.take(demand.prefixes[what])
        if block is None:
            raise Exhausted(what, self._exhausted(what, demand.prefixes[what], demand.cluster, domain))
        return block

    def _exhausted(self, pool: str, prefix: int, owner: str, domain: str) -> str:
        retired = len(self._old.retired_networks if pool == "nodes" else self._old.retired_clusters)
        return (
            f'no /{prefix} is left in addressing.pools.{pool} ({getattr(self._plan, pool)}) for {owner} in routing domain "{domain}" '
            f"({retired} retired entries of the lock still hold theirs). Widen the pool, ask for smaller ranges, or free retired ones "
            "with `fleet lock --forget NAME`"
        )

    def _node_space(self, domain: str) -> Space:
        if domain not in self._node_spaces:
            used = [parse_range(network.range) for network in self._known_networks.values() if network.domain == domain]
            self._node_spaces[domain] = Space(self._plan.nodes, [*used, *self._plan.reserved])
        return self._node_spaces[domain]

    def _pod_space(self, domain: str) -> Space:
        if domain not in self._pod_spaces:
            used = [
                parse_range(cluster.ranges["pods"])
                for cluster in self._known_clusters.values()
                if self._known_networks[cluster.network].domain == domain
            ]
            self._pod_spaces[domain] = Space(self._plan.pods, [*used, *self._plan.reserved])
        return self._pod_spaces[domain]

    def _inner(self, network: str, what: str) -> Space:
        """The space of one network for its clusters' node, control-plane or service ranges (the last may be equal in other networks)."""
        if (network, what) not in self._inner_spaces:
            block = parse_range(self._known_networks[network].range)
            hub = block.part(HUB_PREFIX, 0)
            pool = {"nodes": block, "controlPlane": hub, "services": self._plan.services}[what]
            kept = {"nodes": [hub], "controlPlane": [hub.part(_HUB_RESERVED_PREFIX, 0)], "services": list(self._plan.reserved)}[what]
            used = [parse_range(member.ranges[what]) for member in self._members.get(network, ())]
            self._inner_spaces[network, what] = Space(pool, [*used, *kept])
        return self._inner_spaces[network, what]


def _plain(value: object) -> object:
    """The value as the lock file will give it back: JSON, so tuples are lists."""
    return msgspec.json.decode(msgspec.json.encode(value))


_CLUSTERS_PER_HUB = (1 << (CONTROL_PLANE_PREFIX - HUB_PREFIX)) - (1 << (CONTROL_PLANE_PREFIX - _HUB_RESERVED_PREFIX))
