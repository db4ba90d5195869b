"""F-POOL-009: a machine type of which no source says that the region has it."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import Region, instance_types, regions
from fleet.rules.context import Context
from fleet.rules.pools import cloud_of, types_of
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        cloud = cloud_of(cluster)
        known, region = instance_types(cloud), regions()[cluster.region]
        for pool in cluster.node_pools:
            unsure = [name for name in types_of(pool) if name in known and not _is_known(known[name].family, region, known[name].tracked)]
            if unsure:
                yield on_cluster(
                    cluster,
                    ("nodePools", pool.name),
                    f"no source says whether {cluster.region} has {', '.join(unsure)}, so making nodes of pool {pool.name} may fail. Look "
                    "it up (`aws ec2 describe-instance-type-offerings`, `gcloud compute machine-types list`) and correct the catalogue.",
                    ("nodePools", pool.name, "instanceTypes" if cloud == "aws" else "machineType"),
                )


def _is_known(family: str, region: Region, tracked: bool) -> bool:
    return tracked and region.offerings_known and family not in region.doubtful_families


RULE = Rule(
    id="F-POOL-009",
    severity="warning",
    title="Nobody knows whether the region has the machine type",
    rationale=(
        "Newer regions have no published offering data, and sources disagree on some machine series; the catalogue refuses only what it "
        "knows."
    ),
    source=(
        "https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-regions.html, "
        "https://cloud.google.com/compute/docs/regions-zones"
    ),
    check=_check,
)
