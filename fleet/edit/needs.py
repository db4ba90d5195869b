"""What people must see to before new clusters come up: regions to enable, quotas to raise, ways to open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fleet.blueprint.model import AnyCluster, AwsNetwork, Blueprint, EksNodePool, GkeNodePool, Network
from fleet.catalog import instance_types, regions
from fleet.catalog.quotas import Quota, quotas


@dataclass(frozen=True)
class Need:
    """What all clusters of an account need of one quota in a region, at most."""

    account: str
    region: str
    count: int
    quota: Quota

    @property
    def short(self) -> bool:
        """Whether the default is not enough."""
        return self.count > self.quota.granted

    def __str__(self) -> str:
        act = f"have {self.quota.code} raised" if self.short else "enough"
        return f"{self.account} in {self.region}: {self.quota.what}: {self.count} at most, {self.quota.granted} granted by default: {act}"


def needs(before: Blueprint, after: Blueprint) -> list[Need]:
    """The quotas that clusters new in `after` draw on, for all that their accounts then have in their regions."""
    fresh = {(cluster.deployer.account, cluster.region) for cluster in _new(before, after)}
    return [need for place in sorted(fresh) for need in _of_place(after, *place)]


def human_steps(before: Blueprint, after: Blueprint) -> list[str]:
    """What only a person can do before the first `pulumi up` of the new clusters, in order."""
    fresh = _new(before, after)
    old = {network.name for stack in before.stacks for network in stack.networks}
    networks = [network for stack in after.stacks for network in stack.networks if network.name not in old]
    accounts = {cluster.deployer.account for stack in before.stacks for cluster in stack.clusters}
    strangers = [cluster for cluster in fresh if cluster.deployer.account not in accounts]
    return [*_opt_ins(networks), *_bootstraps(strangers), *_ways(networks, fresh)]


def _new(before: Blueprint, after: Blueprint) -> Sequence[AnyCluster]:
    old = {cluster.identity for stack in before.stacks for cluster in stack.clusters}
    return [cluster for stack in after.stacks for cluster in stack.clusters if cluster.identity not in old]


def _of_place(blueprint: Blueprint, account: str, region: str) -> Iterator[Need]:
    cloud = regions()[region].cloud
    counts: Counter[str] = Counter()
    for stack in blueprint.stacks:
        for network in stack.networks:
            if (network.deployer.account, network.region) == (account, region):
                counts["networks"] += 1
                counts["addresses"] += sum(zone.nat for zone in network.zones) if isinstance(network, AwsNetwork) else 0
        for cluster in stack.clusters:
            if (cluster.deployer.account, cluster.region) == (account, region):
                counts["clusters"] += 1
                counts.update(_vcpus(cloud, cluster))
    for (of_cloud, need), quota in quotas().items():
        if of_cloud == cloud and counts[need]:
            yield Need(account, region, counts[need], quota)


def _vcpus(cloud: str, cluster: AnyCluster) -> dict[str, int]:
    """vCPUs when every pool is at its maximum and takes its largest type."""
    found: Counter[str] = Counter()
    for pool in cluster.node_pools:
        key = "spot_vcpus" if pool.capacity == "spot" and cloud == "aws" else "vcpus"
        found[key] += _most_nodes(pool) * max(instance_types(cloud)[name].vcpu for name in _types(pool))
    return found


def _most_nodes(pool: EksNodePool | GkeNodePool) -> int:
    return sum(group.max for group in pool.groups) if isinstance(pool, EksNodePool) else pool.max


def _types(pool: EksNodePool | GkeNodePool) -> Sequence[str]:
    return pool.instance_types if isinstance(pool, EksNodePool) else (pool.machine_type,)


def _opt_ins(networks: Iterable[Network]) -> Iterator[str]:
    for network in networks:
        if regions()[network.region].opt_in:
            account, region = network.deployer.account, network.region
            yield (
                f"{account}: {region} is off until somebody turns it on (minutes to hours): "
                f"`aws account enable-region --account-id {account} --region-name {region}`"
            )


def _bootstraps(clusters: Iterable[AnyCluster]) -> Iterator[str]:
    for account, principal in sorted({(cluster.deployer.account, cluster.deployer.principal) for cluster in clusters}):
        yield f"{account}: {principal} must exist, with the rights to make networks, clusters and keys there"


def _ways(networks: Sequence[Network], clusters: Iterable[AnyCluster]) -> Iterator[str]:
    for network in networks:
        taken = network.cidr if isinstance(network, AwsNetwork) else ", ".join(slot.nodes_cidr for slot in network.slots)
        yield f"{network.name} ({network.region}) takes {taken}: tell whoever routes and filters between your networks"
        proxy = network.deployer.proxy_url
        if proxy:
            yield f"{network.name}: its private endpoints are reached through {proxy}, which needs a way into it"
        elif any(not cluster.endpoint.public_cidrs for cluster in clusters if cluster.network == network.name):
            yield f"{network.name}: its endpoints are private; where the deployer runs (`deployer.reach`) needs a way into it"
