"""Every safe default of an EKS cluster, one by one (EKS user guide and best practices; facts of 2026-11)."""

from __future__ import annotations

import base64
import json
from typing import Any

from components.rehearsal import Recording, Registration

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
NAME = "core-prod-eu-west-1"
KEY_ARN = f"arn:aws:mock:::Key/{NAME}-key"


def test_only_access_entries_decide_who_gets_in(aws: Recording) -> None:
    assert cluster(aws)["accessConfig"]["authenticationMode"] == "API"


def test_whoever_creates_the_cluster_gets_no_hidden_right(aws: Recording) -> None:
    assert cluster(aws)["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] is False


def test_no_add_on_comes_that_nobody_pinned(aws: Recording) -> None:
    assert cluster(aws)["bootstrapSelfManagedAddons"] is False


def test_the_api_answers_inside_the_network(aws: Recording) -> None:
    assert cluster(aws)["vpcConfig"]["endpointPrivateAccess"] is True


def test_the_api_has_no_public_endpoint(aws: Recording) -> None:
    assert cluster(aws)["vpcConfig"]["endpointPublicAccess"] is False


def test_a_public_endpoint_is_for_the_named_ranges_only(aws_open: Recording) -> None:
    assert cluster(aws_open)["vpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_the_control_plane_lies_in_subnets_of_its_own(aws: Recording) -> None:
    assert cluster(aws)["vpcConfig"]["subnetIds"] == [
        f"prod-eu-west-1-{NAME}-control-plane-{zone}-id" for zone in ("euw1-az1", "euw1-az2", "euw1-az3")
    ]


def test_the_api_is_reached_from_the_networks_range_only(aws: Recording) -> None:
    rule = aws.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", f"{NAME}-api").inputs
    assert cluster(aws)["vpcConfig"]["securityGroupIds"] == [f"{NAME}-api-id"] == [rule["securityGroupId"]]
    assert (rule["cidrIpv4"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("10.0.0.0/16", "tcp", 443, 443)


def test_all_five_kinds_of_control_plane_logs_are_kept(aws: Recording) -> None:
    assert sorted(cluster(aws)["enabledClusterLogTypes"]) == ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def test_the_log_group_is_there_before_the_cluster(aws: Recording) -> None:
    assert logs(aws).urn in aws.one(CLUSTER).depends_on


def test_the_log_group_is_the_one_eks_writes_to(aws: Recording) -> None:
    assert logs(aws).inputs["name"] == f"/aws/eks/{cluster(aws)['name']}/cluster"


def test_logs_are_kept_as_long_as_the_blueprint_says(aws: Recording) -> None:
    assert logs(aws).inputs["retentionInDays"] == 365


def test_logs_are_encrypted_with_the_clusters_key(aws: Recording) -> None:
    assert logs(aws).inputs["kmsKeyId"] == KEY_ARN


def test_secrets_are_encrypted_with_the_clusters_key(aws: Recording) -> None:
    assert cluster(aws)["encryptionConfig"] == {"provider": {"keyArn": KEY_ARN}, "resources": ["secrets"]}


def test_the_key_rotates(aws: Recording) -> None:
    assert all(key.inputs["enableKeyRotation"] is True for key in aws.of("aws:kms/key:Key"))


def test_a_deleted_key_can_be_had_back_for_thirty_days(aws: Recording) -> None:
    assert {key.inputs["deletionWindowInDays"] for key in aws.of("aws:kms/key:Key")} == {30}


def test_the_key_has_a_name_people_know(aws: Recording) -> None:
    assert aws.one("aws:kms/alias:Alias", f"{NAME}-key").inputs["name"] == f"alias/fleet/{NAME}"


def test_the_key_serves_logs_of_its_own_group_only(aws: Recording) -> None:
    group = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/eks/acme-core-prod-eu-west-1/cluster"
    assert key_statement(aws, "Logs")["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}}


def test_the_key_serves_disks_of_its_own_account_only(aws: Recording) -> None:
    assert key_statement(aws, "Volumes")["Condition"]["StringEquals"]["kms:CallerAccount"] == "111111111111"


def test_the_key_serves_disks_through_ec2_only(aws: Recording) -> None:
    assert key_statement(aws, "Volumes")["Condition"]["StringEquals"]["kms:ViaService"] == "ec2.eu-west-1.amazonaws.com"


def test_only_eks_may_assume_the_clusters_role(aws: Recording) -> None:
    assert trusted(aws, f"{NAME}-cluster") == {"Service": "eks.amazonaws.com"}


def test_the_clusters_role_has_one_managed_policy(aws: Recording) -> None:
    assert policies(aws, f"{NAME}-cluster") == {"AmazonEKSClusterPolicy"}


def test_only_ec2_may_assume_the_nodes_role(aws: Recording) -> None:
    assert trusted(aws, f"{NAME}-nodes") == {"Service": "ec2.amazonaws.com"}


def test_nodes_may_join_and_pull_images_and_nothing_else(aws: Recording) -> None:
    assert policies(aws, f"{NAME}-nodes") == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}


def test_instance_metadata_needs_a_session_token(aws: Recording) -> None:
    assert template(aws)["metadataOptions"]["httpTokens"] == "required"


def test_instance_metadata_is_out_of_reach_for_pods(aws: Recording) -> None:
    assert template(aws)["metadataOptions"]["httpPutResponseHopLimit"] == 1


def test_node_disks_are_encrypted(aws: Recording) -> None:
    assert disk(aws)["encrypted"] == "true"


def test_node_disks_are_encrypted_with_the_clusters_key(aws: Recording) -> None:
    assert disk(aws)["kmsKeyId"] == KEY_ARN


def test_node_disks_are_gp3(aws: Recording) -> None:
    assert disk(aws)["volumeType"] == "gp3"


def test_node_disks_go_with_their_nodes(aws: Recording) -> None:
    assert disk(aws)["deleteOnTermination"] == "true"


def test_nodes_have_no_ssh_key(aws: Recording) -> None:
    assert "keyName" not in template(aws)
    assert all("remoteAccess" not in group.inputs for group in aws.of(NODE_GROUP))


def test_nodes_run_at_most_the_pods_the_blueprint_says(aws: Recording) -> None:
    assert "      maxPods: 110\n" in base64.b64decode(template(aws)["userData"]).decode()


def test_a_node_group_lies_in_one_zone(aws: Recording) -> None:
    assert {group.name: group.inputs["subnetIds"] for group in aws.of(NODE_GROUP)} == {
        f"{NAME}-pool-general-{zone}": [f"prod-eu-west-1-{NAME}-nodes-{zone}-id"] for zone in ("euw1-az1", "euw1-az2")
    }


def test_nodes_are_renewed_one_at_a_time(aws: Recording) -> None:
    assert all(group.inputs["updateConfig"] == {"maxUnavailable": 1} for group in aws.of(NODE_GROUP))


def test_broken_nodes_are_repaired(aws: Recording) -> None:
    assert all(group.inputs["nodeRepairConfig"]["enabled"] is True for group in aws.of(NODE_GROUP))


def test_the_autoscaler_decides_how_many_nodes_there_are(aws: Recording) -> None:
    assert all("scalingConfig.desiredSize" in group.ignore_changes for group in aws.of(NODE_GROUP))


def test_a_new_node_group_is_there_before_the_old_one_goes(aws: Recording) -> None:
    assert all(group.delete_before_replace is False for group in aws.of(NODE_GROUP))


def test_nodes_wait_for_their_way_out(aws: Recording) -> None:
    routes = {route.urn for route in aws.of("aws:ec2/route:Route")}
    assert all(routes <= group.depends_on for group in aws.of(NODE_GROUP))


def test_nodes_wait_for_the_rights_of_their_role(aws: Recording) -> None:
    rights = {attachment.urn for attachment in aws.of(ATTACHMENT) if attachment.name.startswith(f"{NAME}-nodes-")}
    assert all(rights <= group.depends_on for group in aws.of(NODE_GROUP))


def test_what_pays_for_extended_support_is_the_blueprints_choice(aws: Recording) -> None:
    assert cluster(aws)["upgradePolicy"]["supportType"] == "STANDARD"


def test_a_protected_cluster_refuses_its_deletion(aws: Recording) -> None:
    assert cluster(aws)["deletionProtection"] is True


def test_an_unprotected_cluster_may_be_deleted(aws_open: Recording) -> None:
    assert cluster(aws_open)["deletionProtection"] is False


def test_a_failing_zone_can_be_left(aws: Recording) -> None:
    assert cluster(aws)["zonalShiftConfig"]["enabled"] is True


def test_add_ons_have_pinned_versions(aws: Recording) -> None:
    assert all(addon.inputs["addonVersion"] == "v1.2.3-eksbuild.1" for addon in aws.of(ADDON))


def test_an_add_on_takes_over_what_is_there_when_it_comes(aws: Recording) -> None:
    assert all(addon.inputs["resolveConflictsOnCreate"] == "OVERWRITE" for addon in aws.of(ADDON))


def test_an_add_on_takes_back_what_was_changed_by_hand(aws: Recording) -> None:
    assert all(addon.inputs["resolveConflictsOnUpdate"] == "OVERWRITE" for addon in aws.of(ADDON))


def test_an_add_on_goes_whole(aws: Recording) -> None:
    assert all(addon.inputs["preserve"] is False for addon in aws.of(ADDON))


def test_network_and_identity_are_there_before_nodes(aws: Recording) -> None:
    first = {addon.urn for addon in aws.of(ADDON) if addon.inputs["addonName"] != "coredns"}
    assert len(first) == 2
    assert all(first <= group.depends_on for group in aws.of(NODE_GROUP))


def test_what_runs_on_nodes_waits_for_nodes(aws: Recording) -> None:
    groups = {group.urn for group in aws.of(NODE_GROUP)}
    assert groups <= aws.one(ADDON, f"{NAME}-addon-coredns").depends_on


def test_the_network_add_on_has_an_identity_of_its_own(aws: Recording) -> None:
    identity = aws.one(IDENTITY, f"{NAME}-addon-vpc-cni")
    assert (identity.inputs["namespace"], identity.inputs["serviceAccount"]) == ("kube-system", "aws-node")
    assert identity.inputs["roleArn"] == f"arn:aws:mock:::Role/{NAME}-addon-vpc-cni"
    assert identity.urn in aws.one(ADDON, f"{NAME}-addon-vpc-cni").depends_on


def test_an_add_ons_role_is_for_pods_only(aws: Recording) -> None:
    assert trusted(aws, f"{NAME}-addon-vpc-cni") == {"Service": "pods.eks.amazonaws.com"}


def test_pods_take_addresses_from_subnets_of_their_own(aws: Recording) -> None:
    subnets = cni(aws)["eniConfig"]["subnets"]
    expected = {f"zone-of-{zone}": f"prod-eu-west-1-{NAME}-pods-{zone}-id" for zone in ("euw1-az1", "euw1-az2", "euw1-az3")}
    assert {zone: subnet["id"] for zone, subnet in subnets.items()} == expected
    assert cni(aws)["eniConfig"]["create"] is True


def test_pods_interfaces_carry_the_clusters_security_group(aws: Recording) -> None:
    assert all(subnet["securityGroups"] == [f"{NAME}-group"] for subnet in cni(aws)["eniConfig"]["subnets"].values())


def test_pods_network_differs_from_the_nodes(aws: Recording) -> None:
    assert cni(aws)["env"]["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] == "true"


def test_pods_get_addresses_by_whole_prefixes(aws: Recording) -> None:
    assert cni(aws)["env"]["ENABLE_PREFIX_DELEGATION"] == "true"


def test_network_policies_are_enforced(aws: Recording) -> None:
    assert cni(aws)["enableNetworkPolicy"] == "true"


def test_the_users_settings_of_an_add_on_stay(aws: Recording) -> None:
    assert cni(aws)["env"]["WARM_PREFIX_TARGET"] == "1"


def test_the_deployer_has_an_entry_and_the_clusters_administration(aws: Recording) -> None:
    association = aws.one(ASSOCIATION, f"{NAME}-access-deployer").inputs
    assert association["principalArn"] == "arn:aws:iam::111111111111:role/fleet-deployer"
    assert association["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert association["accessScope"] == {"type": "cluster"}


def test_the_deployers_right_outlives_what_it_made(aws: Recording) -> None:
    right = aws.one(ASSOCIATION, f"{NAME}-access-deployer").urn
    assert all(right in made.depends_on for made in [*aws.of(ADDON), *aws.of(NODE_GROUP)])


def test_only_the_deployer_and_break_glass_hold_a_cluster_policy(aws: Recording) -> None:
    assert {association.name for association in aws.of(ASSOCIATION)} == {f"{NAME}-access-deployer", f"{NAME}-access-sre-break-glass"}


def test_teams_come_as_kubernetes_groups(aws: Recording) -> None:
    assert aws.one(ENTRY, f"{NAME}-access-payments-viewer").inputs["kubernetesGroups"] == ["fleet:viewer"]


def test_access_entries_are_for_people_and_pipelines(aws: Recording) -> None:
    assert {entry.inputs["type"] for entry in aws.of(ENTRY)} == {"STANDARD"}


def test_a_kubeconfig_holds_no_secret(aws: Recording) -> None:
    user = kubeconfig(aws)["users"][0]["user"]
    assert set(user) == {"exec"}
    assert user["exec"]["command"] == "aws"


def test_a_kubeconfig_goes_through_the_deployers_proxy(aws: Recording) -> None:
    assert kubeconfig(aws)["clusters"][0]["cluster"]["proxy-url"] == "socks5://127.0.0.1:1080"


def test_a_kubeconfig_acts_as_the_deployer(aws: Recording) -> None:
    arguments = kubeconfig(aws)["users"][0]["user"]["exec"]["args"]
    assert arguments[arguments.index("--role-arn") + 1] == "arn:aws:iam::111111111111:role/fleet-deployer"


def test_a_chart_with_policies_has_a_role_of_its_own(aws: Recording) -> None:
    identity = aws.one(IDENTITY, f"{NAME}-chart-certificates")
    assert (identity.inputs["namespace"], identity.inputs["serviceAccount"]) == ("cert-manager", "cert-manager-account")
    assert identity.inputs["roleArn"] == f"arn:aws:mock:::Role/{NAME}-chart-certificates"
    assert policies(aws, f"{NAME}-chart-certificates") == {"dns"}


def cluster(recording: Recording) -> Any:
    return recording.one(CLUSTER).inputs


def logs(recording: Recording) -> Registration:
    return recording.one(LOG_GROUP, f"{NAME}-logs")


def template(recording: Recording) -> Any:
    return recording.one(TEMPLATE).inputs


def disk(recording: Recording) -> Any:
    return template(recording)["blockDeviceMappings"][0]["ebs"]


def cni(recording: Recording) -> Any:
    return json.loads(recording.one(ADDON, f"{NAME}-addon-vpc-cni").inputs["configurationValues"])


def key_statement(recording: Recording, sid: str) -> Any:
    policy = json.loads(recording.one("aws:kms/key:Key", f"{NAME}-key").inputs["policy"])
    return next(statement for statement in policy["Statement"] if statement["Sid"] == sid)


def trusted(recording: Recording, role: str) -> Any:
    (statement,) = json.loads(recording.one(ROLE, role).inputs["assumeRolePolicy"])["Statement"]
    return statement["Principal"]


def policies(recording: Recording, role: str) -> set[str]:
    name = recording.one(ROLE, role).inputs["name"]
    attached = (attachment.inputs for attachment in recording.of(ATTACHMENT))
    return {attachment["policyArn"].rsplit("/", 1)[-1] for attachment in attached if attachment["role"] == name}


def kubeconfig(recording: Recording) -> Any:
    return json.loads(recording.outputs[NAME]["kubeconfig"])
