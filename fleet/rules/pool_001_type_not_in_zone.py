"""F-POOL-001: a machine type that a zone of its pool does not have."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import instance_types, offered_zones, regions
from fleet.rules.context import Context
from fleet.rules.pools import cloud_of, types_of, zones_of
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        cloud = cloud_of(cluster)
        zones_of_region = regions()[cluster.region].zones
        for pool in cluster.node_pools:
            for index, name in enumerate(types_of(pool)):
                if name not in instance_types(cloud):
                    continue
                offered = offered_zones(name, cluster.region)
                missing = [zone for zone in zones_of(pool) if zone in zones_of_region and zone not in offered]
                if missing:
                    yield on_cluster(
                        cluster,
                        ("nodePools", pool.name, "types", cloud, index),
                        f"{name} is not offered in {', '.join(missing)}: nodes cannot be made there. Choose another type (or a size, and "
                        f"the catalogue picks one that all zones have){_instead(offered)}.",
                        ("nodePools", pool.name, "instanceTypes", index) if cloud == "aws" else ("nodePools", pool.name, "machineType"),
                    )


def _instead(offered: tuple[str, ...]) -> str:
    return f", or limit the pool to {', '.join(offered)}" if offered else ""


RULE = Rule(
    id="F-POOL-001",
    severity="error",
    title="A zone of the pool does not have the machine type",
    rationale="The node group fails with AsgInstanceLaunchFailures, the GKE pool with a machine type that does not exist in the zone.",
    source=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html, https://cloud.google.com/compute/docs/regions-zones"
    ),
    check=_check,
)
