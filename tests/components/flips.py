"""Each safe default turned into what it must not be: a test's name -> the file under components/, the text that makes it so, the flip.

`test_flips` applies each to a copy of components/ and demands that the named test fails and no other does.
"""

from __future__ import annotations

from typing import NamedTuple


class Flip(NamedTuple):
    file: str
    old: str
    new: str


EKS = "cluster/eks/control_plane.py"
NODES = "cluster/eks/nodes.py"
ADDONS = "cluster/eks/addons.py"
ACCESS = "cluster/eks/access.py"
KEYS = "keys.py"
VPC = "network/aws.py"
SUBNETS = "network/aws_subnets.py"
EGRESS = "network/aws_egress.py"
ENDPOINTS = "network/aws_endpoints.py"
GKE = "cluster/gke/control_plane.py"
POOLS = "cluster/gke/nodes.py"
GKE_KEYS = "cluster/gke/keys.py"
GCP = "network/gcp.py"
IDENTITY = "cluster/eks/identity.py"
WORKLOADS = "cluster/gke/workloads.py"
REGISTERED = "cluster/registered.py"
PLATFORM = "platform/__init__.py"
INSIDE = "platform/inside.py"
NAMESPACES = "platform/namespaces.py"
CLOSED = "platform/network_policies.py"
RIGHTS = "platform/access.py"
TIERS = "platform/tiers.py"
BASELINE = "platform/baseline.py"
CHARTS = "platform/charts.py"
PRIORITIES = "platform/priorities.py"

FLIPS = {
    # --- EKS ---
    "test_only_access_entries_decide_who_gets_in": Flip(EKS, 'authentication_mode="API"', 'authentication_mode="API_AND_CONFIG_MAP"'),
    "test_whoever_creates_the_cluster_gets_no_hidden_right": Flip(
        EKS, "bootstrap_cluster_creator_admin_permissions=False", "bootstrap_cluster_creator_admin_permissions=True"
    ),
    "test_no_add_on_comes_that_nobody_pinned": Flip(EKS, "bootstrap_self_managed_addons=False", "bootstrap_self_managed_addons=True"),
    "test_the_api_answers_inside_the_network": Flip(EKS, "endpoint_private_access=True", "endpoint_private_access=False"),
    "test_the_api_has_no_public_endpoint": Flip(EKS, "endpoint_public_access=bool(outside)", "endpoint_public_access=True"),
    "test_a_public_endpoint_is_for_the_named_ranges_only": Flip(
        EKS, "public_access_cidrs=outside or None", 'public_access_cidrs=["0.0.0.0/0"]'
    ),
    "test_the_control_plane_lies_in_subnets_of_its_own": Flip(EKS, "slot.control_plane.values()", "slot.nodes.values()"),
    "test_the_api_is_reached_from_the_networks_range_only": Flip(
        EKS, "admit_https(owner, group, name, network.cidr)", 'admit_https(owner, group, name, "0.0.0.0/0")'
    ),
    "test_all_five_kinds_of_control_plane_logs_are_kept": Flip(EKS, '"audit", ', ""),
    "test_the_log_group_is_there_before_the_cluster": Flip(EKS, "[logs, *rights]", "[*rights]"),
    "test_the_log_group_is_the_one_eks_writes_to": Flip(
        EKS, "logs = log_group(owner, logs_name,", 'logs = log_group(owner, f"{logs_name}-2",'
    ),
    "test_logs_are_kept_as_long_as_the_blueprint_says": Flip(EKS, "cluster.log_retention_days", "7"),
    "test_logs_are_encrypted_with_the_clusters_key": Flip(EKS, 'encryption.arn, "logs"', 'None, "logs"'),
    "test_secrets_are_encrypted_with_the_clusters_key": Flip(EKS, 'resources=["secrets"]', "resources=[]"),
    "test_the_key_rotates": Flip(KEYS, "enable_key_rotation=True", "enable_key_rotation=False"),
    "test_a_deleted_key_can_be_had_back_for_thirty_days": Flip(KEYS, "DELETION_WINDOW_DAYS = 30", "DELETION_WINDOW_DAYS = 7"),
    "test_the_key_has_a_name_people_know": Flip(KEYS, 'name=f"alias/fleet/{owner.name}"', "name=None"),
    "test_the_key_serves_logs_of_its_own_group_only": Flip(KEYS, "location.log_group_arn(log_group)}", 'location.log_group_arn("*")}'),
    "test_the_key_serves_disks_of_its_own_account_only": Flip(
        KEYS, '"kms:CallerAccount": location.account, ', '"kms:CallerAccount": "*", '
    ),
    "test_the_key_serves_disks_through_ec2_only": Flip(KEYS, 'f"ec2.{location.region}.amazonaws.com"', '"*"'),
    "test_only_eks_may_assume_the_clusters_role": Flip(EKS, '"eks.amazonaws.com"', '"ec2.amazonaws.com"'),
    "test_the_clusters_role_has_one_managed_policy": Flip(EKS, '"AmazonEKSClusterPolicy"', '"AdministratorAccess"'),
    "test_only_ec2_may_assume_the_nodes_role": Flip(NODES, '"ec2.amazonaws.com"', '"lambda.amazonaws.com"'),
    "test_nodes_may_join_and_pull_images_and_nothing_else": Flip(NODES, "return NODE_POLICIES if own else", "return"),
    "test_instance_metadata_needs_a_session_token": Flip(NODES, 'http_tokens="required"', 'http_tokens="optional"'),
    "test_instance_metadata_is_out_of_reach_for_pods": Flip(NODES, "http_put_response_hop_limit=1", "http_put_response_hop_limit=2"),
    "test_node_disks_are_encrypted": Flip(NODES, 'encrypted="true"', 'encrypted="false"'),
    "test_node_disks_are_encrypted_with_the_clusters_key": Flip(NODES, "kms_key_id=plane.key.arn", "kms_key_id=None"),
    "test_node_disks_are_gp3": Flip(NODES, 'volume_type="gp3"', 'volume_type="gp2"'),
    "test_node_disks_go_with_their_nodes": Flip(NODES, 'delete_on_termination="true"', 'delete_on_termination="false"'),
    "test_nodes_have_no_ssh_key": Flip(NODES, "update_default_version=True,", 'update_default_version=True, key_name="admin",'),
    "test_nodes_run_at_most_the_pods_the_blueprint_says": Flip(NODES, "maxPods: {pool.max_pods}", "maxPods: 250"),
    "test_a_node_group_lies_in_one_zone": Flip(NODES, "[slot.nodes[group.zone].id]", "[subnet.id for subnet in slot.nodes.values()]"),
    "test_nodes_are_renewed_one_at_a_time": Flip(NODES, "max_unavailable=1", "max_unavailable=10"),
    "test_broken_nodes_are_repaired": Flip(NODES, "NodeRepairConfigArgs(enabled=True)", "NodeRepairConfigArgs(enabled=False)"),
    "test_the_autoscaler_decides_how_many_nodes_there_are": Flip(
        NODES, 'ignore_changes=["scalingConfig.desiredSize"]', "ignore_changes=[]"
    ),
    "test_a_new_node_group_is_there_before_the_old_one_goes": Flip(NODES, "delete_before_replace=False", "delete_before_replace=True"),
    "test_nodes_wait_for_their_way_out": Flip("cluster/eks/__init__.py", "[deployer, network, *before]", "[deployer, *before]"),
    "test_nodes_wait_for_the_rights_of_their_role": Flip(NODES, "[*after, *rights]", "after"),
    "test_what_pays_for_extended_support_is_the_blueprints_choice": Flip(
        EKS, "support_type=cluster.support_type", 'support_type="EXTENDED"'
    ),
    "test_a_protected_cluster_refuses_its_deletion": Flip(EKS, "deletion_protection=cluster.protect", "deletion_protection=False"),
    "test_an_unprotected_cluster_may_be_deleted": Flip(EKS, "deletion_protection=cluster.protect", "deletion_protection=True"),
    "test_a_failing_zone_can_be_left": Flip(EKS, "ClusterZonalShiftConfigArgs(enabled=True)", "ClusterZonalShiftConfigArgs(enabled=False)"),
    "test_add_ons_have_pinned_versions": Flip(ADDONS, "addon_version=addon.version", "addon_version=None"),
    "test_an_add_on_takes_over_what_is_there_when_it_comes": Flip(ADDONS, 'on_create="OVERWRITE"', 'on_create="NONE"'),
    "test_an_add_on_takes_back_what_was_changed_by_hand": Flip(ADDONS, 'on_update="OVERWRITE"', 'on_update="PRESERVE"'),
    "test_an_add_on_goes_whole": Flip(ADDONS, "preserve=False", "preserve=True"),
    "test_network_and_identity_are_there_before_nodes": Flip(
        "cluster/eks/__init__.py", "[deployer, network, *before]", "[deployer, network]"
    ),
    "test_what_runs_on_nodes_waits_for_nodes": Flip("cluster/eks/__init__.py", "[deployer, *groups]", "[deployer]"),
    "test_the_network_add_on_has_an_identity_of_its_own": Flip(
        ADDONS, "needs = [*after, *([own[addon.name]] if addon.name in own else [])]", "needs = after"
    ),
    "test_an_add_ons_role_is_for_pods_only": Flip(IDENTITY, '"pods.eks.amazonaws.com"', '"ec2.amazonaws.com"'),
    "test_pods_take_addresses_from_subnets_of_their_own": Flip(ADDONS, "slot.pods.values()", "slot.nodes.values()"),
    "test_pods_interfaces_carry_the_clusters_security_group": Flip(ADDONS, '"securityGroups": [group]', '"securityGroups": []'),
    "test_pods_network_differs_from_the_nodes": Flip(
        ADDONS, '"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"', '"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "false"'
    ),
    "test_pods_get_addresses_by_whole_prefixes": Flip(ADDONS, '"ENABLE_PREFIX_DELEGATION": "true"', '"ENABLE_PREFIX_DELEGATION": "false"'),
    "test_network_policies_are_enforced": Flip(ADDONS, '"enableNetworkPolicy": "true"', '"enableNetworkPolicy": "false"'),
    "test_the_users_settings_of_an_add_on_stay": Flip(ADDONS, '**configuration.get("env", {}), ', ""),
    "test_the_deployer_has_an_entry_and_the_clusters_administration": Flip(
        ACCESS, 'ScopeArgs(type="cluster")', 'ScopeArgs(type="namespace", namespaces=["default"])'
    ),
    "test_the_deployers_right_outlives_what_it_made": Flip("cluster/eks/__init__.py", "[deployer, *groups]", "groups"),
    "test_only_the_deployer_and_break_glass_hold_a_cluster_policy": Flip(ACCESS, 'if team.tier == "break-glass":', "if True:"),
    "test_teams_come_as_kubernetes_groups": Flip(
        ACCESS, "kubernetes_groups=list(team.kubernetes_groups)", 'kubernetes_groups=["system:masters"]'
    ),
    "test_access_entries_are_for_people_and_pipelines": Flip(ACCESS, 'type="STANDARD"', 'type="EC2_LINUX"'),
    "test_a_kubeconfig_holds_no_secret": Flip(
        "cluster/kubeconfig.py", '{"command": "aws", "args": arguments}', '{"command": "sh", "args": arguments}'
    ),
    "test_a_kubeconfig_goes_through_the_deployers_proxy": Flip(
        "cluster/kubeconfig.py", "if cluster.deployer.proxy_url is not None:", "if False:"
    ),
    # --- GKE ---
    "test_the_control_plane_is_regional": Flip(GKE, "location=cluster.region", "location=cluster.zones[0]"),
    "test_nodes_are_spread_over_the_zones_of_the_blueprint": Flip(
        GKE, "node_locations=list(cluster.zones)", "node_locations=list(cluster.zones[:1])"
    ),
    "test_nodes_of_the_cluster_have_no_public_address": Flip(GKE, "enable_private_nodes=True", "enable_private_nodes=False"),
    "test_nodes_of_each_pool_have_no_public_address": Flip(POOLS, "enable_private_nodes=True", "enable_private_nodes=False"),
    "test_the_gke_api_has_no_public_endpoint": Flip(
        GKE, "enable_private_endpoint=not cluster.endpoint.public_cidrs", "enable_private_endpoint=False"
    ),
    "test_a_public_gke_endpoint_is_for_the_named_ranges_only": Flip(GKE, "block(cidr_block=cidr)", 'block(cidr_block="0.0.0.0/0")'),
    "test_googles_public_addresses_do_not_reach_the_api": Flip(
        GKE, "gcp_public_cidrs_access_enabled=False", "gcp_public_cidrs_access_enabled=True"
    ),
    "test_the_private_endpoint_is_limited_too": Flip(
        GKE, "private_endpoint_enforcement_enabled=True", "private_endpoint_enforcement_enabled=False"
    ),
    "test_other_regions_do_not_reach_the_private_endpoint": Flip(
        GKE, "MasterGlobalAccessConfigArgs(enabled=False)", "MasterGlobalAccessConfigArgs(enabled=True)"
    ),
    "test_the_dns_endpoint_is_off": Flip(GKE, "allow_external_traffic=False", "allow_external_traffic=True"),
    "test_the_control_plane_takes_its_slots_range": Flip(
        GKE, "master_ipv4_cidr_block=slot.blueprint.control_plane_cidr", 'master_ipv4_cidr_block="10.99.0.0/28"'
    ),
    "test_the_dataplane_enforces_network_policies": Flip(GKE, '"ADVANCED_DATAPATH"', '"LEGACY_DATAPATH"'),
    "test_pods_and_services_have_ranges_of_their_own": Flip(GKE, "cluster_secondary_range_name=PODS_RANGE, ", ""),
    "test_workloads_have_identities_of_their_own": Flip(GKE, 'f"{cluster.deployer.account}.svc.id.goog"', "None"),
    "test_pods_see_their_own_metadata_only": Flip(POOLS, 'mode="GKE_METADATA"', 'mode="GCE_METADATA"'),
    "test_legacy_metadata_is_off": Flip(POOLS, '"disable-legacy-endpoints": "true"', '"disable-legacy-endpoints": "false"'),
    "test_nodes_are_shielded": Flip(GKE, "enable_shielded_nodes=True", "enable_shielded_nodes=False"),
    "test_nodes_boot_signed_code_only": Flip(POOLS, "enable_secure_boot=True", "enable_secure_boot=False"),
    "test_nodes_integrity_is_watched": Flip(POOLS, "enable_integrity_monitoring=True", "enable_integrity_monitoring=False"),
    "test_images_need_the_projects_authorization": Flip(GKE, '"PROJECT_SINGLETON_POLICY_ENFORCE"', '"DISABLED"'),
    "test_groups_come_from_the_organisations_directory": Flip(
        GKE, "security_group=cluster.security_group", 'security_group="all@acme.example"'
    ),
    "test_nobody_is_bound_by_merely_being_authenticated": Flip(
        GKE, "binding_system_authenticated=False", "binding_system_authenticated=True"
    ),
    "test_nobody_is_bound_unauthenticated": Flip(GKE, "binding_system_unauthenticated=False", "binding_system_unauthenticated=True"),
    "test_attribute_based_access_is_off": Flip(GKE, "enable_legacy_abac=False", "enable_legacy_abac=True"),
    "test_no_client_certificate_is_issued": Flip(GKE, "issue_client_certificate=False", "issue_client_certificate=True"),
    "test_the_kubelets_read_only_port_is_closed": Flip(GKE, 'READ_ONLY_PORT_OFF = "FALSE"', 'READ_ONLY_PORT_OFF = "TRUE"'),
    "test_the_kubelets_read_only_port_is_closed_in_each_pool": Flip(POOLS, 'readonly_port_enabled="FALSE"', 'readonly_port_enabled="TRUE"'),
    "test_gke_secrets_are_encrypted_with_the_clusters_key": Flip(GKE, 'state="ENCRYPTED"', 'state="DECRYPTED"'),
    "test_gke_disks_are_encrypted_with_the_clusters_key": Flip(POOLS, '"boot_disk_kms_key": encryption.key_id,', ""),
    "test_the_gke_key_rotates_every_ninety_days": Flip(GKE_KEYS, '"7776000s"', '"77760000s"'),
    "test_the_gke_key_lies_in_the_clusters_region": Flip(GKE_KEYS, "location=cluster.region", 'location="global"'),
    "test_key_rings_have_generated_names_as_they_never_go": Flip(
        GKE_KEYS, "location=cluster.region", 'location=cluster.region, name="keys"'
    ),
    "test_the_service_agents_may_use_the_key_before_the_cluster_needs_it": Flip(
        GKE, "[network, *encryption.rights, *node.rights]", "[network, *node.rights]"
    ),
    "test_the_key_may_be_used_but_not_administered": Flip(
        GKE_KEYS, '"roles/cloudkms.cryptoKeyEncrypterDecrypter"', '"roles/cloudkms.admin"'
    ),
    "test_nodes_have_their_way_out_as_long_as_they_live": Flip(GKE, "[network, *encryption.rights", "[*encryption.rights"),
    "test_versions_come_from_the_channel": Flip(GKE, "channel=cluster.channel", 'channel="UNSPECIFIED"'),
    "test_the_control_plane_is_never_older_than_the_blueprint_says": Flip(
        GKE, "min_master_version=cluster.kubernetes", "min_master_version=None"
    ),
    "test_google_works_in_the_maintenance_window": Flip(GKE, "FREQ=WEEKLY;BYDAY=", "FREQ=DAILY;BYDAY="),
    "test_minors_and_nodes_move_when_the_fleet_moves_them": Flip(GKE, '"NO_MINOR_OR_NODE_UPGRADES"', '"NO_MINOR_UPGRADES"'),
    "test_gkes_own_pool_goes_at_once": Flip(GKE, "remove_default_node_pool=True", "remove_default_node_pool=False"),
    "test_gkes_own_pool_causes_no_later_change": Flip(GKE, 'ignore_changes=["nodeConfig"]', "ignore_changes=[]"),
    "test_gkes_own_pool_runs_under_the_same_identity_while_it_lives": Flip(
        GKE, "ClusterNodeConfigArgs(**node_identity_settings(node, encryption))", "ClusterNodeConfigArgs()"
    ),
    "test_nodes_have_a_service_account_of_their_own": Flip("names.py", "cluster[:21]", "cluster"),
    "test_gke_nodes_may_report_and_pull_images_and_nothing_else": Flip(
        "cluster/gke/identity.py", '"roles/artifactregistry.reader"', '"roles/editor"'
    ),
    "test_teams_groups_may_find_clusters_and_no_more": Flip("account.py", '"roles/container.clusterViewer"', '"roles/container.admin"'),
    "test_services_stay_on_for_others_in_the_project": Flip("account.py", "disable_on_destroy=False", "disable_on_destroy=True"),
    "test_a_gke_upgrade_adds_a_node_before_it_takes_one": Flip(POOLS, "max_surge=1, max_unavailable=0", "max_surge=0, max_unavailable=1"),
    "test_broken_gke_nodes_are_repaired": Flip(POOLS, "auto_repair=True", "auto_repair=False"),
    "test_a_pool_in_a_channel_takes_its_upgrades": Flip(POOLS, "auto_upgrade=True", "auto_upgrade=False"),
    "test_zones_fill_evenly": Flip(POOLS, '"BALANCED"', '"ANY"'),
    "test_the_first_size_of_a_pool_causes_no_later_change": Flip(POOLS, 'ignore_changes=["initialNodeCount"]', "ignore_changes=[]"),
    "test_a_new_pool_is_there_before_the_old_one_goes": Flip(POOLS, "delete_before_replace=False", "delete_before_replace=True"),
    "test_nodes_run_the_hardened_image": Flip(POOLS, '"COS_CONTAINERD"', '"UBUNTU_CONTAINERD"'),
    "test_nodes_carry_the_tag_that_the_firewall_aims_at": Flip(POOLS, "tags=[node_tag(cluster.identity)]", "tags=[]"),
    "test_a_protected_gke_cluster_refuses_its_deletion": Flip(GKE, "deletion_protection=cluster.protect", "deletion_protection=False"),
    "test_an_unprotected_gke_cluster_may_be_deleted": Flip(GKE, "deletion_protection=cluster.protect", "deletion_protection=True"),
    "test_control_plane_logs_are_collected": Flip(GKE, '"WORKLOADS", "APISERVER"', '"WORKLOADS"'),
    "test_control_plane_metrics_are_collected": Flip(
        GKE, 'MONITORED = ["SYSTEM_COMPONENTS", "APISERVER"', 'MONITORED = ["SYSTEM_COMPONENTS"'
    ),
    "test_workload_metrics_are_collected": Flip(GKE, "ManagedPrometheusArgs(enabled=True)", "ManagedPrometheusArgs(enabled=False)"),
    "test_traffic_metrics_are_collected": Flip(GKE, "enable_metrics=True", "enable_metrics=False"),
    "test_costs_are_told_by_namespace": Flip(
        GKE, "ClusterCostManagementConfigArgs(enabled=True)", "ClusterCostManagementConfigArgs(enabled=False)"
    ),
    "test_the_security_posture_is_watched": Flip(GKE, 'mode="BASIC"', 'mode="DISABLED"'),
    "test_the_cluster_is_a_member_of_its_projects_google_fleet": Flip(
        GKE, "ClusterFleetArgs(project=cluster.deployer.account)", "ClusterFleetArgs()"
    ),
    "test_logs_are_kept_in_the_clusters_region": Flip("cluster/gke/logs.py", "location=cluster.region", 'location="global"'),
    "test_gke_logs_are_kept_as_long_as_the_blueprint_says": Flip("cluster/gke/logs.py", "cluster.log_retention_days", "30"),
    "test_the_sink_takes_this_clusters_logs_only": Flip(
        "cluster/gke/logs.py", 'filter=f\'resource.labels.cluster_name="{cluster.physical_name}" AND ', "filter=f'"
    ),
    "test_add_ons_are_on_only_where_the_blueprint_has_them": Flip(GKE, 'enabled="gke-backup-agent" in on', "enabled=True"),
    "test_a_gke_kubeconfig_holds_no_secret": Flip("cluster/kubeconfig.py", '{"command": "gke-gcloud-auth-plugin"', '{"command": "gcloud"'),
    # --- networks ---
    "test_names_resolve_in_the_vpc": Flip(VPC, "enable_dns_support=True", "enable_dns_support=False"),
    "test_hosts_of_the_vpc_have_names": Flip(VPC, "enable_dns_hostnames=True", "enable_dns_hostnames=False"),
    "test_the_default_security_group_admits_nothing": Flip(
        VPC, "ingress=[],", 'ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}],'
    ),
    "test_all_traffic_is_recorded": Flip(VPC, 'traffic_type="ALL"', 'traffic_type="REJECT"'),
    "test_flow_logs_are_encrypted_with_the_networks_key": Flip(
        VPC, "key(owner, location, name, volumes=False).arn", '(key(owner, location, name, volumes=False), "")[1]'
    ),
    "test_flow_logs_are_kept_as_long_as_the_blueprint_says": Flip(VPC, "network.flow_log_retention_days", "7"),
    "test_the_flow_logs_role_writes_to_its_own_group_only": Flip(VPC, 'f"{location.log_group_arn(name)}:*"', '"*"'),
    "test_the_networks_key_serves_no_disks": Flip(VPC, "volumes=False", "volumes=True"),
    "test_nothing_in_a_private_subnet_gets_a_public_address": Flip(
        SUBNETS, "map_public_ip_on_launch=False", "map_public_ip_on_launch=True"
    ),
    "test_nothing_in_a_public_subnet_gets_a_public_address_by_itself": Flip(
        EGRESS, "map_public_ip_on_launch=False", "map_public_ip_on_launch=True"
    ),
    "test_each_zone_leaves_by_its_own_nat_gateway_where_it_has_one": Flip(EGRESS, "nats.get(zone.zone, shared)", "shared"),
    "test_a_zone_without_a_nat_gateway_leaves_by_the_first": Flip(EGRESS, "nats.get(zone.zone, shared)", "nats.get(zone.zone)"),
    "test_only_public_subnets_meet_the_internet_gateway": Flip(EGRESS, "nat_gateway_id=nat.id", "nat_gateway_id=nat.id, gateway_id=vpc.id"),
    "test_s3_is_reached_without_leaving": Flip(ENDPOINTS, "[table.id for table in tables.values()]", "[]"),
    "test_aws_services_are_reached_by_their_usual_names_without_leaving": Flip(
        ENDPOINTS, "private_dns_enabled=True", "private_dns_enabled=False"
    ),
    "test_endpoints_answer_in_every_zone": Flip(
        ENDPOINTS, "[subnet.id for subnet in subnets.values()]", "[subnet.id for subnet in subnets.values()][:1]"
    ),
    "test_endpoints_admit_https_from_the_networks_own_ranges_only": Flip(ENDPOINTS, '"network": network.cidr', '"network": "0.0.0.0/0"'),
    "test_internal_load_balancers_find_the_node_subnets": Flip(
        SUBNETS, "slot.node_subnets, INTERNAL_LOAD_BALANCERS", "slot.node_subnets, {}"
    ),
    "test_public_load_balancers_find_the_public_subnets": Flip(EGRESS, ", **PUBLIC_LOAD_BALANCERS", ""),
    "test_room_for_whole_prefixes_is_kept_in_each_pod_subnet": Flip(SUBNETS, 'reservation_type="prefix"', 'reservation_type="explicit"'),
    "test_the_secondary_range_is_there_before_the_pod_subnets": Flip(SUBNETS, "slot.pod_subnets, {}, pods_range", "slot.pod_subnets, {}"),
    "test_gcp_makes_no_subnetwork_that_nobody_asked_for": Flip(GCP, "auto_create_subnetworks=False", "auto_create_subnetworks=True"),
    "test_nodes_reach_google_without_public_addresses": Flip(GCP, "private_ip_google_access=True", "private_ip_google_access=False"),
    "test_gcp_flows_are_recorded_with_their_metadata": Flip(GCP, "flow_sampling=0.5", "flow_sampling=0.0"),
    "test_a_subnetwork_has_the_ranges_of_its_slot": Flip(GCP, "ip_cidr_range=slot.nodes_cidr", "ip_cidr_range=slot.pods_cidr"),
    "test_all_ranges_leave_by_nat": Flip(GCP, '"ALL_SUBNETWORKS_ALL_IP_RANGES"', '"ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"'),
    "test_failed_translations_are_logged": Flip(GCP, "RouterNatLogConfigArgs(enable=True", "RouterNatLogConfigArgs(enable=False"),
    "test_only_the_control_plane_reaches_webhooks": Flip(GCP, "source_ranges=[slot.control_plane_cidr]", 'source_ranges=["0.0.0.0/0"]'),
    "test_webhook_ports_and_no_others_are_open": Flip(GCP, 'WEBHOOK_PORTS = ["8443", "9443"]', 'WEBHOOK_PORTS = ["1-65535"]'),
    # --- the stack ---
    "test_everything_that_is_costly_to_lose_is_protected_on_aws": Flip(VPC, "protect=network.protect", "protect=False"),
    "test_everything_that_is_costly_to_lose_is_protected_on_gcp": Flip(GCP, "protect=network.protect", "protect=False"),
    "test_node_groups_and_add_ons_change_without_ceremony": Flip(
        NODES, "opts=owner.options(protect=False, depends_on=after", "opts=owner.options(depends_on=after"
    ),
    "test_node_pools_change_without_ceremony": Flip(POOLS, "opts=owner.options(protect=False, ", "opts=owner.options("),
    "test_nothing_is_protected_where_the_environment_is_not": Flip(VPC, "protect=network.protect", "protect=True"),
    "test_a_protected_stack_has_a_guard_that_depends_on_all_else": Flip("stack.py", "*by_name.values(), ", ""),
    "test_the_guard_is_protected": Flip("guard.py", "protect=protect", "protect=False"),
    "test_the_guard_of_an_unprotected_stack_lets_it_go": Flip("guard.py", "protect=protect", "protect=True"),
    "test_the_aws_provider_works_in_its_account_only": Flip("providers.py", "allowed_account_ids=[deployer.account], ", ""),
    "test_the_aws_provider_acts_as_the_deployer": Flip(
        "providers.py", ", assume_roles=[role]", ', assume_roles=[role, role.__class__(role_arn="x")][1:]'
    ),
    "test_the_gcp_providers_act_as_the_deployer": Flip(
        "providers.py", "impersonate_service_account=deployer.principal", 'impersonate_service_account="me@x"'
    ),
    "test_the_gcp_providers_add_no_label_of_their_own": Flip(
        "providers.py", "add_pulumi_attribution_label=False", "add_pulumi_attribution_label=True"
    ),
    "test_every_aws_resource_that_can_carry_tags_says_whose_it_is": Flip(
        "names.py", '"managed-by": MANAGED_BY}\n        return {**self.extra', '"managed-by": "x"}\n        return {**self.extra'
    ),
    "test_every_aws_resource_that_can_carry_tags_can_be_found_by_its_mark": Flip(
        "names.py", '"fleet:resource": self.mark(kind, name)', '"fleet:resource": name'
    ),
    "test_what_nodes_are_made_of_says_whose_it_is": Flip(
        NODES, 'kinds = ("instance", "volume", "network-interface")', 'kinds = ("instance", "network-interface")'
    ),
    "test_gcp_labels_say_whose_a_resource_is_in_their_own_alphabet": Flip(
        "names.py", "[:63]\n\n\ndef node_tag", ".upper()\n\n\ndef node_tag"
    ),
    "test_gcp_resources_without_labels_are_described_by_their_mark": Flip(
        GCP, "description=owner.mark(gcp.compute.Router, owner.name)", 'description="router"'
    ),
    "test_components_have_lasting_types_and_hang_on_the_stack_itself": Flip(
        "cluster/eks/__init__.py", '"fleet:cluster:Eks"', '"fleet:cluster:EKS"'
    ),
    # --- kubeconfigs and workload identities ---
    "test_a_kubeconfig_acts_as_the_deployer": Flip(
        "cluster/kubeconfig.py", '"--role-arn", cluster.deployer.principal]', '"--role-arn", "me"]'
    ),
    "test_a_chart_with_policies_has_a_role_of_its_own": Flip(IDENTITY, "chart.namespace, account", '"default", account'),
    "test_a_gke_kubeconfig_acts_as_the_deployer": Flip(
        "cluster/kubeconfig.py", '["--impersonate_service_account", cluster.deployer.principal]', "[]"
    ),
    "test_the_deployer_may_make_roles_inside_clusters": Flip("account.py", '"roles/container.admin"', '"roles/container.developer"'),
    "test_a_chart_acts_as_an_account_of_its_own": Flip(WORKLOADS, "[{chart.namespace}/{inside}]", "[default/{inside}]"),
    "test_a_charts_account_has_the_roles_of_the_blueprint_and_no_other": Flip(
        WORKLOADS, "        role=role,", '        role="roles/owner",'
    ),
    "test_the_pool_of_identities_is_there_before_a_workload_uses_it": Flip(WORKLOADS, ", depends_on=[plane]", ""),
    # --- the platform ---
    "test_a_teams_namespace_enforces_its_pod_security_level": Flip(NAMESPACES, '"enforce": level', '"enforce": "privileged"'),
    "test_restricted_is_warned_of_everywhere": Flip(NAMESPACES, '"warn": "restricted"', '"warn": "baseline"'),
    "test_restricted_is_audited_everywhere": Flip(NAMESPACES, '"audit": "restricted"', '"audit": "baseline"'),
    "test_pod_security_does_not_move_with_the_api_server": Flip(NAMESPACES, '-version": minor', '-version": "latest"'),
    "test_a_namespace_says_whose_it_is": Flip(NAMESPACES, "{TEAM_LABEL: namespace.team}", "{}"),
    "test_a_quota_bounds_what_a_team_may_ask_for": Flip(NAMESPACES, '"requests.cpu": str(quota.cpu), ', ""),
    "test_a_quota_bounds_memory_that_may_be_used": Flip(NAMESPACES, '"limits.memory": memory, ', ""),
    "test_every_quota_comes_with_requests_for_pods_that_name_none": Flip(NAMESPACES, '"default_request": REQUESTS, ', ""),
    "test_every_quota_comes_with_a_memory_limit_for_pods_that_name_none": Flip(NAMESPACES, ', "default": LIMITS', ', "default": {}'),
    "test_the_limit_range_is_there_before_the_quota": Flip(NAMESPACES, "[made, defaults]", "[made]"),
    "test_a_teams_network_is_closed_both_ways": Flip(CLOSED, '["Ingress", "Egress"], []', '["Ingress"], []'),
    "test_names_can_be_asked_for_by_both_protocols": Flip(CLOSED, ', {"protocol": "TCP", "port": 53}', ""),
    "test_names_are_asked_for_at_the_clusters_own_servers_only": Flip(CLOSED, ', "pod_selector": pods', ""),
    "test_pods_on_eks_get_their_credentials_in_a_closed_network": Flip(IDENTITY, "port=80", "port=8080"),
    "test_pods_on_gke_get_their_credentials_in_a_closed_network": Flip(WORKLOADS, "port=988", "port=987"),
    "test_every_tier_is_a_role_of_fleets_own": Flip(RIGHTS, 'return f"fleet:{tier}"', 'return f"fleet-{tier}"'),
    "test_tenants_hold_their_tiers_in_their_namespaces": Flip(RIGHTS, "_by_tier(namespace.access)", "_by_tier(namespace.access[:2])"),
    "test_only_tiers_of_the_platform_reach_the_whole_cluster": Flip(RIGHTS, "_by_tier(platform.access)", "_by_tier(platform.access[:1])"),
    "test_people_come_in_when_a_namespace_is_bounded_and_closed": Flip(RIGHTS, "[made, *limits]", "[made]"),
    "test_what_limits_a_team_cannot_be_changed_by_it": Flip(BASELINE, '("limitranges", "resourcequotas")', '("limitranges",)'),
    "test_a_forbidden_change_is_refused_and_not_just_noted": Flip(BASELINE, '["Deny"]', '["Audit"]'),
    "test_what_cannot_be_checked_is_refused": Flip(BASELINE, '"failure_policy": "Fail"', '"failure_policy": "Ignore"'),
    "test_a_namespace_that_goes_can_be_emptied": Flip(BASELINE, 'f"{TERMINATING} || {MAY_CHANGE}"', "MAY_CHANGE"),
    "test_what_is_ours_is_known_by_its_label": Flip(INSIDE, "own = {MANAGED_BY_LABEL: MANAGED_BY, ", "own = {"),
    "test_priority_classes_have_the_values_of_the_blueprint": Flip(PRIORITIES, "value=wanted.value", "value=0"),
    "test_no_priority_class_is_the_default": Flip(PRIORITIES, "global_default=False", "global_default=True"),
    "test_charts_have_pinned_versions": Flip(CHARTS, "version=chart.version", "version=None"),
    "test_a_chart_comes_from_its_repository": Flip(CHARTS, 'startswith("oci://")', 'startswith("https://")'),
    "test_charts_are_installed_one_after_the_other": Flip(CHARTS, "[*identity.needs, *made]", "[*identity.needs]"),
    "test_a_chart_is_waited_for": Flip(CHARTS, "skip_await=False", "skip_await=True"),
    "test_a_chart_that_does_not_become_ready_is_taken_back": Flip(CHARTS, "atomic=True", "atomic=False"),
    "test_a_chart_has_ten_minutes": Flip(CHARTS, "READY_SECONDS = 600", "READY_SECONDS = 300"),
    "test_helm_makes_no_namespace_without_a_pod_security_level": Flip(CHARTS, "create_namespace=False", "create_namespace=True"),
    "test_a_charts_namespace_is_there_before_it_and_kube_system_is_not_ours": Flip(CHARTS, "identity, holder)", "identity, [])"),
    "test_a_chart_waits_for_its_right_in_the_cloud": Flip(CHARTS, "[*identity.needs, *made]", "made"),
    "test_a_chart_is_told_its_account_beside_its_own_values": Flip(WORKLOADS, "{ANNOTATION: account.email}", "{}"),
    "test_the_users_values_of_a_chart_stay": Flip(
        CHARTS, "_merged(old, value) if isinstance(old, Mapping)", "value if isinstance(old, Mapping)"
    ),
    "test_every_object_goes_into_its_own_cluster": Flip(
        INSIDE,
        "return self.owner.options(provider=self.provider, depends_on=list(after))",
        "return self.owner.options(depends_on=list(after))",
    ),
    "test_every_object_is_marked": Flip(INSIDE, "self.owner.mark(kind, logical)", "logical"),
    "test_only_another_cluster_replaces_what_is_in_it": Flip(
        "cluster/eks/__init__.py", "identifier=identifier(cluster)", "identifier=cluster.region"
    ),
    "test_only_another_gke_cluster_replaces_what_is_in_it": Flip(
        "cluster/gke/__init__.py", "identifier=identifier(cluster)", "identifier=cluster.region"
    ),
    "test_the_deployers_access_outlives_the_platform": Flip(
        "cluster/eks/__init__.py", "before=[deployer, *groups, *late]", "before=[*groups, *late]"
    ),
    "test_nodes_and_add_ons_are_there_before_the_platform": Flip(
        "cluster/eks/__init__.py", "before=[deployer, *groups, *late]", "before=[deployer, *groups]"
    ),
    "test_gke_nodes_are_there_before_the_platform": Flip("cluster/gke/__init__.py", "before=pools", "before=[]"),
    "test_who_scales_a_charts_deployment_is_found": Flip(CHARTS, 'spec={"replicas": release', 'spec={"minReadySeconds": release'),
    "test_what_others_changed_in_fleets_objects_is_taken_back": Flip(PLATFORM, "enable_patch_force=True", "enable_patch_force=False"),
    "test_an_object_that_is_not_fleets_is_never_taken_over": Flip(
        PLATFORM, "upsert_existing_objects=False", "upsert_existing_objects=True"
    ),
    "test_people_can_look_at_a_chart_that_does_not_become_ready": Flip(PLATFORM, '"charts", first)', '"charts", [])'),
    "test_teams_namespaces_go_while_the_charts_controllers_live": Flip(PLATFORM, "[*first, *installed]", "first"),
    "test_what_may_have_effects_outside_the_cluster_is_deleted_for_itself": Flip(
        INSIDE,
        "return self.owner.options(provider=self.provider, depends_on=list(after))",
        "return self.owner.options(provider=self.provider, depends_on=list(after), deleted_with=self.cluster)",
    ),
    "test_all_else_goes_with_its_namespace_or_cluster": Flip(
        INSIDE, "deleted_with=holder or self.cluster", "deleted_with=self.cluster or holder"
    ),
    "test_what_goes_with_a_namespace_comes_again_with_it": Flip(
        INSIDE, "replaced = [holder] if holder else []", "replaced: list[pulumi.Resource] = []"
    ),
    "test_everything_inside_goes_and_comes_again_with_the_cluster": Flip(PLATFORM, ', replace_on_changes=["context"]', ""),
    "test_the_platform_of_a_protected_cluster_changes_without_ceremony": Flip(PLATFORM, "protect=False", "protect=cluster.protect"),
    # --- registered clusters ---
    "test_a_registered_cluster_is_of_no_cloud": Flip(
        REGISTERED,
        "        text = read(cluster)\n",
        '        text = read(cluster)\n        __import__("pulumi_aws").ec2.Vpc("x", cidr_block="10.0.0.0/16")\n',
    ),
    "test_a_network_of_no_known_cloud_lets_no_credentials_through": Flip(CLOSED, "if endpoints:", "if True:"),
    "test_a_registered_cluster_loses_each_thing_it_was_given": Flip(PLATFORM, "made.ground.cluster)", "made.ground.cluster or made)"),
    "test_the_kubeconfig_of_a_registered_cluster_is_a_secret_in_the_state": Flip(
        REGISTERED, "pulumi.Output.secret(text)", "pulumi.Output.from_input(text)"
    ),
    "test_the_kubeconfig_of_a_registered_cluster_is_not_exported": Flip(
        "cluster/base.py", "None if registered else kubeconfig", "kubeconfig"
    ),
    "test_only_another_registered_cluster_replaces_what_is_in_it": Flip(
        REGISTERED, "identifier=cluster.cluster_id", "identifier=server.server"
    ),
    # --- tiers ---
    "test_nobody_but_break_glass_takes_rights_that_it_does_not_hold": Flip(
        TIERS, "(*READ, *CHANGE), RBAC", '(*READ, *CHANGE, "bind"), RBAC'
    ),
    "test_a_viewer_sees_no_secrets": Flip(
        TIERS, "VIEWER = (*OBJECTS, LOGS)", 'VIEWER = (*OBJECTS, LOGS, Rule("", READ, CORE, ("secrets",)))'
    ),
    "test_a_viewer_changes_nothing": Flip(
        TIERS, "VIEWER = (*OBJECTS, LOGS)", 'VIEWER = (*OBJECTS, LOGS, Rule("", CHANGE, CORE, ("pods",)))'
    ),
    "test_a_developer_gives_no_rights_away": Flip(
        TIERS, '("create",), CORE, ("pods/eviction",)),\n)\nTENANT', 'CHANGE, RBAC, ("rolebindings",)),\n)\nTENANT'
    ),
    "test_a_developer_makes_no_tokens": Flip(TIERS, '("pods/ephemeralcontainers",)', '("serviceaccounts/token",)'),
    "test_only_a_tenant_admin_opens_the_network": Flip(TIERS, '("ingresses",)', '("ingresses", "networkpolicies")'),
    "test_a_tenant_does_not_change_what_bounds_it": Flip(
        TIERS,
        '("configmaps", "persistentvolumeclaims", "pods", "secrets"',
        '("resourcequotas", "configmaps", "persistentvolumeclaims", "pods", "secrets"',
    ),
    "test_a_tier_of_tenants_may_bind_the_ones_below_it": Flip(TIERS, "    *DEVELOPER,\n", "    *VIEWER,\n"),
    "test_an_auditor_sees_who_may_do_what": Flip(TIERS, '"who may do what", READ, RBAC', '"who may do what", READ, CORE'),
    "test_an_auditor_sees_no_secrets_and_no_logs": Flip(TIERS, "AUDITOR = (\n    *OBJECTS,", "AUDITOR = (\n    *VIEWER,"),
    "test_an_auditor_changes_nothing": Flip(TIERS, '"who is served first", READ', '"who is served first", CHANGE'),
    "test_an_operator_sees_no_secrets_and_gives_no_rights_away": Flip(
        TIERS, '("patch", "update"), CORE, ("persistentvolumeclaims",)', '("patch", "update"), CORE, ("secrets",)'
    ),
    "test_an_operator_starts_nothing_of_its_own": Flip(
        TIERS, '("delete", "patch", "update"), "restarting', '("create", "delete", "patch", "update"), "restarting'
    ),
    "test_an_operator_empties_nodes": Flip(
        TIERS, '("delete", "patch", "update"), CORE, ("nodes",)', '("delete", "update"), CORE, ("nodes",)'
    ),
    "test_a_platform_admin_changes_everything": Flip(TIERS, "(*READ, *CHANGE), EVERYTHING", "READ, EVERYTHING"),
    "test_break_glass_may_do_everything": Flip(TIERS, '    Rule("everything that is no resource", EVERYTHING, urls=EVERYTHING),\n', ""),
    "test_no_tier_names_a_resource_without_a_group_or_verb": Flip(
        TIERS, '("get", "list"), CORE, ("pods/log",)', '("get", "list"), CORE, ()'
    ),
}
