"""Where a GKE cluster's logs are kept: a log bucket in the cluster's own region, for as long as the blueprint says.

A deleted bucket keeps its id for seven days (Cloud Logging documentation, "Configure log buckets", 2026-05), so the id is the key ring's
generated name: re-created clusters get another.
"""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.names import Owner
from fleet.blueprint.model import GkeCluster

SINK_NAME_LIMIT = 100
"""Cloud Logging's discovery document (2026-11)."""


def build(owner: Owner, cluster: GkeCluster, ring: gcp.kms.KeyRing) -> None:
    project = cluster.deployer.account
    name = owner.logical("logs")
    bucket = gcp.logging.ProjectBucketConfig(
        name,
        project=project,
        location=cluster.region,
        bucket_id=ring.name,
        description=owner.mark(gcp.logging.ProjectBucketConfig, name),
        retention_days=cluster.log_retention_days,
        opts=owner.options(),
    )
    gcp.logging.ProjectSink(
        name,
        name=owner.physical(name, SINK_NAME_LIMIT),
        description=owner.mark(gcp.logging.ProjectSink, name),
        destination=pulumi.Output.concat(
            f"logging.googleapis.com/projects/{project}/locations/{cluster.region}/buckets/", bucket.bucket_id
        ),
        filter=f'resource.labels.cluster_name="{cluster.physical_name}" AND resource.labels.location="{cluster.region}"',
        unique_writer_identity=True,
        opts=owner.options(),
    )
