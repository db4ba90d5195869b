"""Every safe default of a GKE cluster, one by one (GKE documentation, "Harden your cluster's security"; facts of 2026-11)."""

from __future__ import annotations

import json
from typing import Any

from components.rehearsal import Recording

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
KEY = "gcp:kms/cryptoKey:CryptoKey"
RING = "gcp:kms/keyRing:KeyRing"
KEY_RIGHT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
ROLE = "gcp:projects/iAMMember:IAMMember"
ACCOUNT = "gcp:serviceaccount/account:Account"
ACTING = "gcp:serviceaccount/iAMMember:IAMMember"
NAME = "core-prod-europe-west4"
ZONES = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]


def test_the_control_plane_is_regional(gcp: Recording) -> None:
    assert cluster(gcp)["location"] == "europe-west4"


def test_nodes_are_spread_over_the_zones_of_the_blueprint(gcp: Recording) -> None:
    assert cluster(gcp)["nodeLocations"] == pool(gcp)["nodeLocations"] == ZONES


def test_nodes_of_the_cluster_have_no_public_address(gcp: Recording) -> None:
    assert cluster(gcp)["privateClusterConfig"]["enablePrivateNodes"] is True


def test_nodes_of_each_pool_have_no_public_address(gcp: Recording) -> None:
    assert pool(gcp)["networkConfig"]["enablePrivateNodes"] is True


def test_the_gke_api_has_no_public_endpoint(gcp: Recording) -> None:
    assert cluster(gcp)["privateClusterConfig"]["enablePrivateEndpoint"] is True


def test_a_public_gke_endpoint_is_for_the_named_ranges_only(gcp_open: Recording) -> None:
    assert cluster(gcp_open)["masterAuthorizedNetworksConfig"]["cidrBlocks"] == [{"cidrBlock": "203.0.113.0/24"}]


def test_googles_public_addresses_do_not_reach_the_api(gcp: Recording) -> None:
    assert cluster(gcp)["masterAuthorizedNetworksConfig"]["gcpPublicCidrsAccessEnabled"] is False


def test_the_private_endpoint_is_limited_too(gcp: Recording) -> None:
    assert cluster(gcp)["masterAuthorizedNetworksConfig"]["privateEndpointEnforcementEnabled"] is True


def test_other_regions_do_not_reach_the_private_endpoint(gcp: Recording) -> None:
    assert cluster(gcp)["privateClusterConfig"]["masterGlobalAccessConfig"]["enabled"] is False


def test_the_dns_endpoint_is_off(gcp: Recording) -> None:
    assert cluster(gcp)["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["allowExternalTraffic"] is False


def test_the_control_plane_takes_its_slots_range(gcp: Recording) -> None:
    assert cluster(gcp)["privateClusterConfig"]["masterIpv4CidrBlock"] == "10.1.16.0/28"


def test_the_dataplane_enforces_network_policies(gcp: Recording) -> None:
    assert cluster(gcp)["datapathProvider"] == "ADVANCED_DATAPATH"


def test_pods_and_services_have_ranges_of_their_own(gcp: Recording) -> None:
    policy = cluster(gcp)["ipAllocationPolicy"]
    assert (policy["clusterSecondaryRangeName"], policy["servicesSecondaryRangeName"]) == ("pods", "services")


def test_workloads_have_identities_of_their_own(gcp: Recording) -> None:
    assert cluster(gcp)["workloadIdentityConfig"]["workloadPool"] == "acme-prod.svc.id.goog"


def test_pods_see_their_own_metadata_only(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["workloadMetadataConfig"]["mode"] == "GKE_METADATA"


def test_legacy_metadata_is_off(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["metadata"]["disable-legacy-endpoints"] == "true"


def test_nodes_are_shielded(gcp: Recording) -> None:
    assert cluster(gcp)["enableShieldedNodes"] is True


def test_nodes_boot_signed_code_only(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["shieldedInstanceConfig"]["enableSecureBoot"] is True


def test_nodes_integrity_is_watched(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["shieldedInstanceConfig"]["enableIntegrityMonitoring"] is True


def test_images_need_the_projects_authorization(gcp: Recording) -> None:
    assert cluster(gcp)["binaryAuthorization"]["evaluationMode"] == "PROJECT_SINGLETON_POLICY_ENFORCE"


def test_groups_come_from_the_organisations_directory(gcp: Recording) -> None:
    assert cluster(gcp)["authenticatorGroupsConfig"]["securityGroup"] == "gke-security-groups@acme.example"


def test_nobody_is_bound_by_merely_being_authenticated(gcp: Recording) -> None:
    assert cluster(gcp)["rbacBindingConfig"]["enableInsecureBindingSystemAuthenticated"] is False


def test_nobody_is_bound_unauthenticated(gcp: Recording) -> None:
    assert cluster(gcp)["rbacBindingConfig"]["enableInsecureBindingSystemUnauthenticated"] is False


def test_attribute_based_access_is_off(gcp: Recording) -> None:
    assert cluster(gcp)["enableLegacyAbac"] is False


def test_no_client_certificate_is_issued(gcp: Recording) -> None:
    assert cluster(gcp)["masterAuth"]["clientCertificateConfig"]["issueClientCertificate"] is False


def test_the_kubelets_read_only_port_is_closed(gcp: Recording) -> None:
    assert cluster(gcp)["nodePoolDefaults"]["nodeConfigDefaults"]["insecureKubeletReadonlyPortEnabled"] == "FALSE"


def test_the_kubelets_read_only_port_is_closed_in_each_pool(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["kubeletConfig"]["insecureKubeletReadonlyPortEnabled"] == "FALSE"


def test_gke_secrets_are_encrypted_with_the_clusters_key(gcp: Recording) -> None:
    assert cluster(gcp)["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": f"{NAME}-id"}


def test_gke_disks_are_encrypted_with_the_clusters_key(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["bootDiskKmsKey"] == f"{NAME}-id"


def test_the_gke_key_rotates_every_ninety_days(gcp: Recording) -> None:
    assert gcp.one(KEY).inputs["rotationPeriod"] == f"{90 * 24 * 3600}s"


def test_the_gke_key_lies_in_the_clusters_region(gcp: Recording) -> None:
    assert gcp.one(RING).inputs["location"] == "europe-west4"


def test_key_rings_have_generated_names_as_they_never_go(gcp: Recording) -> None:
    assert "name" not in gcp.one(RING).inputs


def test_the_service_agents_may_use_the_key_before_the_cluster_needs_it(gcp: Recording) -> None:
    rights = gcp.of(KEY_RIGHT)
    assert {right.inputs["member"] for right in rights} == {
        "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com",
        "serviceAccount:service-123456789012@compute-system.iam.gserviceaccount.com",
    }
    assert {right.urn for right in rights} <= gcp.one(CLUSTER).depends_on


def test_the_key_may_be_used_but_not_administered(gcp: Recording) -> None:
    assert {right.inputs["role"] for right in gcp.of(KEY_RIGHT)} == {"roles/cloudkms.cryptoKeyEncrypterDecrypter"}


def test_nodes_have_their_way_out_as_long_as_they_live(gcp: Recording) -> None:
    assert gcp.one("gcp:compute/routerNat:RouterNat").urn in gcp.one(CLUSTER).depends_on


def test_versions_come_from_the_channel(gcp: Recording) -> None:
    assert cluster(gcp)["releaseChannel"]["channel"] == "REGULAR"


def test_the_control_plane_is_never_older_than_the_blueprint_says(gcp: Recording) -> None:
    assert cluster(gcp)["minMasterVersion"] == "1.35.4-gke.1000000"


def test_google_works_in_the_maintenance_window(gcp: Recording) -> None:
    window = {"startTime": "2026-01-10T01:00:00Z", "endTime": "2026-01-10T13:00:00Z", "recurrence": "FREQ=WEEKLY;BYDAY=SA"}
    assert cluster(gcp)["maintenancePolicy"]["recurringWindow"] == window


def test_minors_and_nodes_move_when_the_fleet_moves_them(gcp: Recording) -> None:
    (exclusion,) = cluster(gcp)["maintenancePolicy"]["maintenanceExclusions"]
    assert exclusion["exclusionOptions"] == {"scope": "NO_MINOR_OR_NODE_UPGRADES", "endTimeBehavior": "UNTIL_END_OF_SUPPORT"}


def test_gkes_own_pool_goes_at_once(gcp: Recording) -> None:
    assert cluster(gcp)["removeDefaultNodePool"] is True


def test_gkes_own_pool_causes_no_later_change(gcp: Recording) -> None:
    assert "nodeConfig" in gcp.one(CLUSTER).ignore_changes


def test_gkes_own_pool_runs_under_the_same_identity_while_it_lives(gcp: Recording) -> None:
    assert cluster(gcp)["nodeConfig"]["serviceAccount"] == pool(gcp)["nodeConfig"]["serviceAccount"]


def test_nodes_have_a_service_account_of_their_own(gcp: Recording) -> None:
    account = gcp.one(ACCOUNT, f"{NAME}-nodes").inputs["accountId"]
    assert pool(gcp)["nodeConfig"]["serviceAccount"] == f"{account}@mock.iam.gserviceaccount.com"
    assert 6 <= len(account) <= 30


def test_gke_nodes_may_report_and_pull_images_and_nothing_else(gcp: Recording) -> None:
    nodes = f"serviceAccount:{pool(gcp)['nodeConfig']['serviceAccount']}"
    granted = {role.inputs["role"] for role in gcp.of(ROLE) if role.inputs["member"] == nodes}
    assert granted == {
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
        "roles/monitoring.viewer",
        "roles/stackdriver.resourceMetadata.writer",
        "roles/autoscaling.metricsWriter",
        "roles/artifactregistry.reader",
    }


def test_teams_groups_may_find_clusters_and_no_more(gcp: Recording) -> None:
    granted = {role.inputs["member"]: role.inputs["role"] for role in gcp.of(ROLE) if role.inputs["member"].startswith("group:")}
    assert granted == {"group:payments@acme.example": "roles/container.clusterViewer"}


def test_services_stay_on_for_others_in_the_project(gcp: Recording) -> None:
    assert all(service.inputs["disableOnDestroy"] is False for service in gcp.of("gcp:projects/service:Service"))


def test_a_gke_upgrade_adds_a_node_before_it_takes_one(gcp: Recording) -> None:
    assert pool(gcp)["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 1, "maxUnavailable": 0}


def test_broken_gke_nodes_are_repaired(gcp: Recording) -> None:
    assert pool(gcp)["management"]["autoRepair"] is True


def test_a_pool_in_a_channel_takes_its_upgrades(gcp: Recording) -> None:
    assert pool(gcp)["management"]["autoUpgrade"] is True


def test_zones_fill_evenly(gcp: Recording) -> None:
    assert pool(gcp)["autoscaling"] == {"totalMinNodeCount": 3, "totalMaxNodeCount": 30, "locationPolicy": "BALANCED"}


def test_the_first_size_of_a_pool_causes_no_later_change(gcp: Recording) -> None:
    assert "initialNodeCount" in gcp.one(POOL).ignore_changes


def test_a_new_pool_is_there_before_the_old_one_goes(gcp: Recording) -> None:
    assert gcp.one(POOL).delete_before_replace is False


def test_nodes_run_the_hardened_image(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["imageType"] == "COS_CONTAINERD"


def test_nodes_carry_the_tag_that_the_firewall_aims_at(gcp: Recording) -> None:
    assert pool(gcp)["nodeConfig"]["tags"] == gcp.one("gcp:compute/firewall:Firewall").inputs["targetTags"]


def test_a_protected_gke_cluster_refuses_its_deletion(gcp: Recording) -> None:
    assert cluster(gcp)["deletionProtection"] is True


def test_an_unprotected_gke_cluster_may_be_deleted(gcp_open: Recording) -> None:
    assert cluster(gcp_open)["deletionProtection"] is False


def test_control_plane_logs_are_collected(gcp: Recording) -> None:
    wanted = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
    assert cluster(gcp)["loggingConfig"]["enableComponents"] == wanted


def test_control_plane_metrics_are_collected(gcp: Recording) -> None:
    wanted = ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
    assert cluster(gcp)["monitoringConfig"]["enableComponents"] == wanted


def test_workload_metrics_are_collected(gcp: Recording) -> None:
    assert cluster(gcp)["monitoringConfig"]["managedPrometheus"]["enabled"] is True


def test_traffic_metrics_are_collected(gcp: Recording) -> None:
    assert cluster(gcp)["monitoringConfig"]["advancedDatapathObservabilityConfig"]["enableMetrics"] is True


def test_costs_are_told_by_namespace(gcp: Recording) -> None:
    assert cluster(gcp)["costManagementConfig"]["enabled"] is True


def test_the_security_posture_is_watched(gcp: Recording) -> None:
    assert cluster(gcp)["securityPostureConfig"]["mode"] == "BASIC"


def test_the_cluster_is_a_member_of_its_projects_google_fleet(gcp: Recording) -> None:
    assert cluster(gcp)["fleet"] == {"project": "acme-prod"}


def test_logs_are_kept_in_the_clusters_region(gcp: Recording) -> None:
    assert gcp.one("gcp:logging/projectBucketConfig:ProjectBucketConfig").inputs["location"] == "europe-west4"


def test_gke_logs_are_kept_as_long_as_the_blueprint_says(gcp: Recording) -> None:
    assert gcp.one("gcp:logging/projectBucketConfig:ProjectBucketConfig").inputs["retentionDays"] == 365


def test_the_sink_takes_this_clusters_logs_only(gcp: Recording) -> None:
    wanted = 'resource.labels.cluster_name="acme-core-prod-europe-west4" AND resource.labels.location="europe-west4"'
    assert gcp.one("gcp:logging/projectSink:ProjectSink").inputs["filter"] == wanted


def test_add_ons_are_on_only_where_the_blueprint_has_them(gcp: Recording) -> None:
    addons = cluster(gcp)["addonsConfig"]
    switches = {name: setting["enabled"] for name, setting in addons.items() if "enabled" in setting}
    assert {name for name, on in switches.items() if on} == {"gcePersistentDiskCsiDriverConfig"}
    assert len(switches) == 4


def test_a_gke_kubeconfig_holds_no_secret(gcp: Recording) -> None:
    user = json.loads(gcp.outputs[NAME]["kubeconfig"])["users"][0]["user"]
    assert set(user) == {"exec"}
    assert user["exec"]["command"] == "gke-gcloud-auth-plugin"


def test_a_gke_kubeconfig_acts_as_the_deployer(gcp: Recording) -> None:
    plugin = json.loads(gcp.outputs[NAME]["kubeconfig"])["users"][0]["user"]["exec"]
    assert plugin["args"] == ["--impersonate_service_account", "fleet@acme-prod.iam.gserviceaccount.com"]


def test_the_deployer_may_make_roles_inside_clusters(gcp: Recording) -> None:
    right = gcp.one(ROLE, "acme-prod-deployer").inputs
    assert (right["role"], right["member"]) == ("roles/container.admin", "serviceAccount:fleet@acme-prod.iam.gserviceaccount.com")


def test_a_chart_acts_as_an_account_of_its_own(gcp: Recording) -> None:
    binding = gcp.one(ACTING, f"{NAME}-chart-certificates").inputs
    assert binding["role"] == "roles/iam.workloadIdentityUser"
    assert binding["member"] == "serviceAccount:acme-prod.svc.id.goog[cert-manager/cert-manager-account]"
    assert gcp.one(ACCOUNT, f"{NAME}-chart-certificates").inputs["accountId"] != gcp.one(ACCOUNT, f"{NAME}-nodes").inputs["accountId"]


def test_a_charts_account_has_the_roles_of_the_blueprint_and_no_other(gcp: Recording) -> None:
    account = gcp.one(ACCOUNT, f"{NAME}-chart-certificates").inputs["accountId"]
    member = f"serviceAccount:{account}@mock.iam.gserviceaccount.com"
    assert {role.inputs["role"] for role in gcp.of(ROLE) if role.inputs["member"] == member} == {"roles/dns.admin"}


def test_the_pool_of_identities_is_there_before_a_workload_uses_it(gcp: Recording) -> None:
    assert gcp.one(CLUSTER).urn in gcp.one(ACTING, f"{NAME}-chart-certificates").depends_on


def cluster(recording: Recording) -> Any:
    return recording.one(CLUSTER).inputs


def pool(recording: Recording) -> Any:
    return recording.one(POOL).inputs
