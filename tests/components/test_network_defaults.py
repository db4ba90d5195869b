"""Every safe default of the networks, one by one (VPC user guide, EKS and GKE network requirements; facts of 2026-11)."""

from __future__ import annotations

import ipaddress
import json

from components.rehearsal import Recording

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ROUTE = "aws:ec2/route:Route"
RESERVATION = "aws:ec2/subnetCidrReservation:SubnetCidrReservation"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
NAME = "prod-eu-west-1"
CLUSTER = "core-prod-eu-west-1"
ZONES = ("euw1-az1", "euw1-az2", "euw1-az3")


def test_names_resolve_in_the_vpc(aws: Recording) -> None:
    assert aws.one(VPC).inputs["enableDnsSupport"] is True


def test_hosts_of_the_vpc_have_names(aws: Recording) -> None:
    assert aws.one(VPC).inputs["enableDnsHostnames"] is True


def test_the_default_security_group_admits_nothing(aws: Recording) -> None:
    group = aws.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["ingress"], group["egress"]) == ([], [])


def test_all_traffic_is_recorded(aws: Recording) -> None:
    assert aws.one("aws:ec2/flowLog:FlowLog").inputs["trafficType"] == "ALL"


def test_flow_logs_are_encrypted_with_the_networks_key(aws: Recording) -> None:
    group = aws.one("aws:cloudwatch/logGroup:LogGroup", f"{NAME}-flow-logs").inputs
    assert group["kmsKeyId"] == f"arn:aws:mock:::Key/{NAME}-key"


def test_flow_logs_are_kept_as_long_as_the_blueprint_says(aws: Recording) -> None:
    assert aws.one("aws:cloudwatch/logGroup:LogGroup", f"{NAME}-flow-logs").inputs["retentionInDays"] == 365


def test_the_flow_logs_role_writes_to_its_own_group_only(aws: Recording) -> None:
    (statement,) = json.loads(aws.one("aws:iam/rolePolicy:RolePolicy", f"{NAME}-flow-logs").inputs["policy"])["Statement"]
    assert statement["Resource"] == "arn:aws:logs:eu-west-1:111111111111:log-group:/fleet/network/acme-prod-eu-west-1/flow-logs:*"


def test_the_networks_key_serves_no_disks(aws: Recording) -> None:
    policy = json.loads(aws.one("aws:kms/key:Key", f"{NAME}-key").inputs["policy"])
    assert {statement["Sid"] for statement in policy["Statement"]} == {"Account", "Logs"}


def test_nothing_in_a_private_subnet_gets_a_public_address(aws: Recording) -> None:
    private = [subnet for subnet in aws.of(SUBNET) if "-public-" not in subnet.name]
    assert len(private) == 12
    assert all(subnet.inputs["mapPublicIpOnLaunch"] is False for subnet in private)


def test_nothing_in_a_public_subnet_gets_a_public_address_by_itself(aws: Recording) -> None:
    public = [subnet for subnet in aws.of(SUBNET) if "-public-" in subnet.name]
    assert len(public) == 3
    assert all(subnet.inputs["mapPublicIpOnLaunch"] is False for subnet in public)


def test_each_zone_leaves_by_its_own_nat_gateway_where_it_has_one(aws: Recording) -> None:
    ways = {route.name: route.inputs.get("natGatewayId") for route in aws.of(ROUTE)}
    assert ways[f"{NAME}-private-euw1-az3"] == f"{NAME}-nat-euw1-az3-id"


def test_a_zone_without_a_nat_gateway_leaves_by_the_first(aws: Recording) -> None:
    ways = {route.name: route.inputs.get("natGatewayId") for route in aws.of(ROUTE)}
    assert ways[f"{NAME}-private-euw1-az2"] == f"{NAME}-nat-euw1-az1-id"


def test_only_public_subnets_meet_the_internet_gateway(aws: Recording) -> None:
    assert {route.name for route in aws.of(ROUTE) if "gatewayId" in route.inputs} == {f"{NAME}-public"}


def test_s3_is_reached_without_leaving(aws: Recording) -> None:
    endpoint = aws.one(ENDPOINT, f"{NAME}-s3").inputs
    assert endpoint["vpcEndpointType"] == "Gateway"
    assert endpoint["routeTableIds"] == [f"{NAME}-private-{zone}-id" for zone in ZONES]


def test_aws_services_are_reached_by_their_usual_names_without_leaving(aws: Recording) -> None:
    interfaces = [endpoint for endpoint in aws.of(ENDPOINT) if endpoint.inputs["vpcEndpointType"] == "Interface"]
    assert {endpoint.inputs["serviceName"] for endpoint in interfaces} == {"com.amazonaws.eu-west-1.ecr.api", "com.amazonaws.eu-west-1.sts"}
    assert all(endpoint.inputs["privateDnsEnabled"] is True for endpoint in interfaces)


def test_endpoints_answer_in_every_zone(aws: Recording) -> None:
    assert aws.one(ENDPOINT, f"{NAME}-endpoint-sts").inputs["subnetIds"] == [f"{NAME}-endpoints-{zone}-id" for zone in ZONES]


def test_endpoints_admit_https_from_the_networks_own_ranges_only(aws: Recording) -> None:
    rules = [rule.inputs for rule in aws.of(RULE) if rule.inputs["securityGroupId"] == f"{NAME}-endpoints-id"]
    assert {rule["cidrIpv4"] for rule in rules} == {"10.0.0.0/16", "100.64.0.0/16"}
    assert {(rule["fromPort"], rule["toPort"]) for rule in rules} == {(443, 443)}


def test_internal_load_balancers_find_the_node_subnets(aws: Recording) -> None:
    tagged = {subnet.name for subnet in aws.of(SUBNET) if "kubernetes.io/role/internal-elb" in subnet.inputs["tags"]}
    assert tagged == {f"{NAME}-{CLUSTER}-nodes-{zone}" for zone in ZONES}


def test_public_load_balancers_find_the_public_subnets(aws: Recording) -> None:
    tagged = {subnet.name for subnet in aws.of(SUBNET) if "kubernetes.io/role/elb" in subnet.inputs["tags"]}
    assert tagged == {f"{NAME}-public-{zone}" for zone in ZONES}


def test_room_for_whole_prefixes_is_kept_in_each_pod_subnet(aws: Recording) -> None:
    kept = {reservation.inputs["subnetId"]: reservation.inputs for reservation in aws.of(RESERVATION)}
    pods = {f"{subnet.name}-id": subnet for subnet in aws.of(SUBNET) if f"{CLUSTER}-pods-" in subnet.name}
    assert set(kept) == set(pods)
    for subnet, reservation in kept.items():
        assert reservation["reservationType"] == "prefix"
        assert ipaddress.ip_network(reservation["cidrBlock"]).subnet_of(ipaddress.ip_network(pods[subnet].inputs["cidrBlock"]))  # type: ignore[arg-type]


def test_the_secondary_range_is_there_before_the_pod_subnets(aws: Recording) -> None:
    secondary = aws.one("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
    assert secondary.inputs["cidrBlock"] == "100.64.0.0/16"
    assert all(secondary.urn in subnet.depends_on for subnet in aws.of(SUBNET) if f"{CLUSTER}-pods-" in subnet.name)


def test_gcp_makes_no_subnetwork_that_nobody_asked_for(gcp: Recording) -> None:
    assert gcp.one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False


def test_nodes_reach_google_without_public_addresses(gcp: Recording) -> None:
    assert gcp.one(SUBNETWORK).inputs["privateIpGoogleAccess"] is True


def test_gcp_flows_are_recorded_with_their_metadata(gcp: Recording) -> None:
    log = gcp.one(SUBNETWORK).inputs["logConfig"]
    assert (log["flowSampling"], log["metadata"]) == (0.5, "INCLUDE_ALL_METADATA")


def test_a_subnetwork_has_the_ranges_of_its_slot(gcp: Recording) -> None:
    subnetwork = gcp.one(SUBNETWORK).inputs
    ranges = {extra["rangeName"]: extra["ipCidrRange"] for extra in subnetwork["secondaryIpRanges"]}
    assert (subnetwork["ipCidrRange"], ranges) == ("10.1.0.0/20", {"pods": "100.80.0.0/14", "services": "172.24.0.0/20"})


def test_all_ranges_leave_by_nat(gcp: Recording) -> None:
    nat = gcp.one("gcp:compute/routerNat:RouterNat").inputs
    assert nat["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"


def test_failed_translations_are_logged(gcp: Recording) -> None:
    assert gcp.one("gcp:compute/routerNat:RouterNat").inputs["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}


def test_only_the_control_plane_reaches_webhooks(gcp: Recording) -> None:
    assert gcp.one(FIREWALL).inputs["sourceRanges"] == ["10.1.16.0/28"]


def test_webhook_ports_and_no_others_are_open(gcp: Recording) -> None:
    assert gcp.one(FIREWALL).inputs["allows"] == [{"protocol": "tcp", "ports": ["8443", "9443"]}]
