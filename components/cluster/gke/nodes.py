"""GKE node pools: hardened nodes under the cluster's own identity, spread evenly over their zones."""

from __future__ import annotations

from typing import Any, Final

import pulumi_gcp as gcp

from components.cluster.gke.identity import NodeIdentity
from components.cluster.gke.keys import Encryption
from components.names import Owner, node_tag
from fleet.blueprint.model import GkeCluster, GkeNodePool

SCOPES = ["https://www.googleapis.com/auth/cloud-platform"]
"""What the nodes may do is said by their account's roles; scopes are the older, coarser way (GKE documentation, 2026-06)."""
TAINT_EFFECTS: Final = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}


def node_identity_settings(node: NodeIdentity, encryption: Encryption) -> dict[str, Any]:
    """What every node has, the ones of GKE's short-lived first pool included."""
    container = gcp.container
    return {
        "service_account": node.email,
        "oauth_scopes": SCOPES,
        "boot_disk_kms_key": encryption.key_id,
        "metadata": {"disable-legacy-endpoints": "true"},
        "shielded_instance_config": container.NodePoolNodeConfigShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_integrity_monitoring=True
        ),
        "workload_metadata_config": container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
    }


def build(owner: Owner, cluster: GkeCluster, plane: gcp.container.Cluster, encryption: Encryption, node: NodeIdentity) -> None:
    for pool in cluster.node_pools:
        _pool(owner, cluster, pool, plane, encryption, node)


def _pool(
    owner: Owner, cluster: GkeCluster, pool: GkeNodePool, plane: gcp.container.Cluster, encryption: Encryption, node: NodeIdentity
) -> None:
    """A change of what is fixed comes with a new physical name, so the new pool is there before the old one goes."""
    container = gcp.container
    name = owner.logical("pool", pool.name)
    container.NodePool(
        name,
        name=pool.physical_name,
        cluster=plane.id,
        location=cluster.region,
        node_locations=list(pool.zones),
        version=pool.kubernetes,
        initial_node_count=pool.initial_per_zone,
        autoscaling=container.NodePoolAutoscalingArgs(
            total_min_node_count=pool.min, total_max_node_count=pool.max, location_policy="BALANCED"
        ),
        management=container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
        upgrade_settings=container.NodePoolUpgradeSettingsArgs(strategy="SURGE", max_surge=1, max_unavailable=0),
        max_pods_per_node=pool.max_pods,
        network_config=container.NodePoolNetworkConfigArgs(enable_private_nodes=True),
        node_config=_node(owner, name, cluster, pool, encryption, node),
        opts=owner.options(protect=False, ignore_changes=["initialNodeCount"], delete_before_replace=False),
    )


def _node(
    owner: Owner, name: str, cluster: GkeCluster, pool: GkeNodePool, encryption: Encryption, node: NodeIdentity
) -> gcp.container.NodePoolNodeConfigArgs:
    container = gcp.container
    taint = container.NodePoolNodeConfigTaintArgs
    return container.NodePoolNodeConfigArgs(
        machine_type=pool.machine_type,
        image_type="COS_CONTAINERD",
        disk_size_gb=pool.disk_gib,
        disk_type=pool.disk_type,
        spot=pool.capacity == "spot",
        labels=pool.labels,
        taints=[taint(key=wanted.key, value=wanted.value, effect=TAINT_EFFECTS[wanted.effect]) for wanted in pool.taints],
        tags=[node_tag(cluster.identity)],
        resource_labels=owner.labels(container.NodePool, name),
        kubelet_config=container.NodePoolNodeConfigKubeletConfigArgs(insecure_kubelet_readonly_port_enabled="FALSE"),
        **node_identity_settings(node, encryption),
    )
