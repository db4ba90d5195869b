"""The GKE control plane: regional, private, closed by default, patched by GKE within its channel and upgraded by the fleet.

Source of the settings: GKE documentation, "Harden your cluster's security" (2026-06) and the Container API's discovery document (2026-10).
"""

from __future__ import annotations

import pulumi_gcp as gcp

from components.cluster.gke.identity import NodeIdentity
from components.cluster.gke.keys import Encryption
from components.cluster.gke.nodes import node_identity_settings
from components.names import Owner
from components.network.gcp import PODS_RANGE, SERVICES_RANGE, Gcp, Slot
from fleet.blueprint.model import GkeCluster, MaintenanceWindow

LOGGED = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
MONITORED = ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
READ_ONLY_PORT_OFF = "FALSE"


def build(owner: Owner, cluster: GkeCluster, network: Gcp, encryption: Encryption, node: NodeIdentity) -> gcp.container.Cluster:
    """The cluster. Its first pool lives for minutes only, yet runs under the same identity as the others."""
    container = gcp.container
    slot = network.slots[cluster.identity]
    return container.Cluster(
        owner.name,
        name=cluster.physical_name,
        location=cluster.region,
        node_locations=list(cluster.zones),
        network=network.network_id,
        subnetwork=slot.subnetwork.id,
        networking_mode="VPC_NATIVE",
        ip_allocation_policy=container.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=PODS_RANGE, services_secondary_range_name=SERVICES_RANGE, stack_type="IPV4"
        ),
        datapath_provider="ADVANCED_DATAPATH",
        private_cluster_config=_private(cluster, slot),
        master_authorized_networks_config=_authorized(cluster),
        control_plane_endpoints_config=container.ClusterControlPlaneEndpointsConfigArgs(
            dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(allow_external_traffic=False),
            ip_endpoints_config=container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(enabled=True),
        ),
        workload_identity_config=container.ClusterWorkloadIdentityConfigArgs(workload_pool=f"{cluster.deployer.account}.svc.id.goog"),
        authenticator_groups_config=container.ClusterAuthenticatorGroupsConfigArgs(security_group=cluster.security_group),
        rbac_binding_config=container.ClusterRbacBindingConfigArgs(
            enable_insecure_binding_system_authenticated=False, enable_insecure_binding_system_unauthenticated=False
        ),
        enable_legacy_abac=False,
        master_auth=container.ClusterMasterAuthArgs(
            client_certificate_config=container.ClusterMasterAuthClientCertificateConfigArgs(issue_client_certificate=False)
        ),
        enable_shielded_nodes=True,
        binary_authorization=container.ClusterBinaryAuthorizationArgs(evaluation_mode="PROJECT_SINGLETON_POLICY_ENFORCE"),
        database_encryption=container.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=encryption.key_id),
        security_posture_config=container.ClusterSecurityPostureConfigArgs(mode="BASIC", vulnerability_mode="VULNERABILITY_DISABLED"),
        node_pool_defaults=_node_defaults(),
        release_channel=container.ClusterReleaseChannelArgs(channel=cluster.channel),
        min_master_version=cluster.kubernetes,
        maintenance_policy=_maintenance(cluster.maintenance),
        addons_config=_addons(cluster),
        logging_config=container.ClusterLoggingConfigArgs(enable_components=LOGGED),
        monitoring_config=_monitoring(),
        cost_management_config=container.ClusterCostManagementConfigArgs(enabled=True),
        fleet=container.ClusterFleetArgs(project=cluster.deployer.account),
        initial_node_count=1,
        remove_default_node_pool=True,
        node_config=container.ClusterNodeConfigArgs(**node_identity_settings(node, encryption)),
        deletion_protection=cluster.protect,
        resource_labels=owner.labels(container.Cluster, owner.name),
        opts=owner.options(depends_on=[network, *encryption.rights, *node.rights], ignore_changes=["nodeConfig"]),
    )


def _private(cluster: GkeCluster, slot: Slot) -> gcp.container.ClusterPrivateClusterConfigArgs:
    """Nodes never have public addresses; the API has one only if the blueprint lets ranges outside reach it."""
    return gcp.container.ClusterPrivateClusterConfigArgs(
        enable_private_nodes=True,
        enable_private_endpoint=not cluster.endpoint.public_cidrs,
        master_ipv4_cidr_block=slot.blueprint.control_plane_cidr,
        master_global_access_config=gcp.container.ClusterPrivateClusterConfigMasterGlobalAccessConfigArgs(enabled=False),
    )


def _authorized(cluster: GkeCluster) -> gcp.container.ClusterMasterAuthorizedNetworksConfigArgs:
    """With no range named, the cluster's own subnetwork is all that may reach the API; Google's public addresses never may."""
    block = gcp.container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs
    return gcp.container.ClusterMasterAuthorizedNetworksConfigArgs(
        cidr_blocks=[block(cidr_block=cidr) for cidr in cluster.endpoint.public_cidrs],
        gcp_public_cidrs_access_enabled=False,
        private_endpoint_enforcement_enabled=True,
    )


def _node_defaults() -> gcp.container.ClusterNodePoolDefaultsArgs:
    defaults = gcp.container.ClusterNodePoolDefaultsNodeConfigDefaultsArgs
    return gcp.container.ClusterNodePoolDefaultsArgs(
        node_config_defaults=defaults(insecure_kubelet_readonly_port_enabled=READ_ONLY_PORT_OFF)
    )


def _maintenance(window: MaintenanceWindow) -> gcp.container.ClusterMaintenancePolicyArgs:
    """GKE patches the control plane in the window. Minors and nodes move only when the fleet moves them, so that waves mean something."""
    container = gcp.container
    by_fleet = container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
        scope="NO_MINOR_OR_NODE_UPGRADES", end_time_behavior="UNTIL_END_OF_SUPPORT"
    )
    return container.ClusterMaintenancePolicyArgs(
        recurring_window=container.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time=window.start, end_time=window.end, recurrence=f"FREQ=WEEKLY;BYDAY={','.join(window.days)}"
        ),
        maintenance_exclusions=[
            container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
                exclusion_name="upgrades-by-fleet", start_time=window.start, exclusion_options=by_fleet
            )
        ],
    )


def _addons(cluster: GkeCluster) -> gcp.container.ClusterAddonsConfigArgs:
    """Every switch is set one way or the other, so that what GKE would default cannot differ between clusters."""
    container = gcp.container
    on = set(cluster.addons)
    return container.ClusterAddonsConfigArgs(
        http_load_balancing=container.ClusterAddonsConfigHttpLoadBalancingArgs(disabled=False),
        horizontal_pod_autoscaling=container.ClusterAddonsConfigHorizontalPodAutoscalingArgs(disabled=False),
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled="gce-persistent-disk-csi-driver" in on
        ),
        gcp_filestore_csi_driver_config=container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(
            enabled="gcp-filestore-csi-driver" in on
        ),
        gcs_fuse_csi_driver_config=container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(enabled="gcs-fuse-csi-driver" in on),
        gke_backup_agent_config=container.ClusterAddonsConfigGkeBackupAgentConfigArgs(enabled="gke-backup-agent" in on),
    )


def _monitoring() -> gcp.container.ClusterMonitoringConfigArgs:
    container = gcp.container
    return container.ClusterMonitoringConfigArgs(
        enable_components=MONITORED,
        managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
        advanced_datapath_observability_config=container.ClusterMonitoringConfigAdvancedDatapathObservabilityConfigArgs(
            enable_metrics=True, enable_relay=False
        ),
    )
