"""A small world on both clouds that knows nothing of fleet: a network, a cluster and its parts on each."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp

ROLE = "arn:aws:iam::111111111111:role/deployer"
AWS = pulumi.ResourceOptions(
    provider=aws.Provider(
        "aws",
        region="eu-west-1",
        allowed_account_ids=["111111111111"],
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=ROLE)],
        default_tags=aws.ProviderDefaultTagsArgs(tags={"fleet": "acme"}),
    )
)
GCP = pulumi.ResourceOptions(provider=gcp.Provider("gcp", project="acme-dev", region="europe-west4", default_labels={"fleet": "acme"}))


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def eks() -> None:
    vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, enable_dns_support=True, tags={"a.b": "c"}, opts=AWS)
    subnets = [
        aws.ec2.Subnet(f"s{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{zone}.0/24", availability_zone_id=f"euw1-az{zone}", opts=AWS)
        for zone in (1, 2, 3)
    ]
    table = aws.ec2.RouteTable("private", vpc_id=vpc.id, opts=AWS)
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, opts=AWS)
    address = aws.ec2.Eip("nat", domain="vpc", opts=AWS)
    after_gateway = pulumi.ResourceOptions.merge(AWS, pulumi.ResourceOptions(depends_on=[gateway]))
    nat = aws.ec2.NatGateway("nat", allocation_id=address.allocation_id, subnet_id=subnets[0].id, opts=after_gateway)
    aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id, opts=AWS)
    for subnet in subnets:
        aws.ec2.RouteTableAssociation(f"table-{subnet._name}", subnet_id=subnet.id, route_table_id=table.id, opts=AWS)
    group = aws.ec2.SecurityGroup("nodes", vpc_id=vpc.id, description="nodes", opts=AWS)
    aws.vpc.SecurityGroupEgressRule("out", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0", opts=AWS)
    key = aws.kms.Key("cluster", enable_key_rotation=True, opts=AWS)
    aws.kms.Alias("cluster", name="alias/core", target_key_id=key.id, opts=AWS)
    role = aws.iam.Role("cluster", assume_role_policy=trust("eks"), opts=AWS)
    nodes = aws.iam.Role("nodes", assume_role_policy=trust("ec2"), opts=AWS)
    attached = aws.iam.RolePolicyAttachment(
        "cluster", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy", opts=AWS
    )
    log = aws.cloudwatch.LogGroup("cluster", name="/aws/eks/core/cluster", retention_in_days=365, opts=AWS)
    cluster = aws.eks.Cluster(
        "core",
        name="core",
        role_arn=role.arn,
        version="1.35",
        vpc_config={"subnet_ids": [subnet.id for subnet in subnets], "endpoint_private_access": True, "endpoint_public_access": False},
        access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
        opts=pulumi.ResourceOptions.merge(AWS, pulumi.ResourceOptions(depends_on=[attached, log])),
    )
    template = aws.ec2.LaunchTemplate("nodes", metadata_options={"http_tokens": "required"}, opts=AWS)
    aws.eks.NodeGroup(
        "general",
        cluster_name=cluster.name,
        node_role_arn=nodes.arn,
        subnet_ids=[subnets[0].id],
        instance_types=["m7i.large"],
        scaling_config={"min_size": 1, "max_size": 3, "desired_size": 1},
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        opts=AWS,
    )
    aws.eks.Addon("network", cluster_name=cluster.name, addon_name="vpc-cni", opts=AWS)
    entry = aws.eks.AccessEntry("deployer", cluster_name=cluster.name, principal_arn=ROLE, opts=AWS)
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    scope = {"type": "cluster"}
    aws.eks.AccessPolicyAssociation(
        "deployer", cluster_name=cluster.name, principal_arn=entry.principal_arn, policy_arn=policy, access_scope=scope, opts=AWS
    )
    aws.ssm.Parameter("password", type="SecureString", value=pulumi.Output.secret("hunter2"), opts=AWS)
    pulumi.export("endpoint", cluster.endpoint)
    pulumi.export("issuer", cluster.identities[0].oidcs[0].issuer)
    pulumi.export("authority", cluster.certificate_authority.data)
    pulumi.export("caller", aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=AWS.provider)).arn)


def gke() -> None:
    network = gcp.compute.Network("main", auto_create_subnetworks=False, opts=GCP)
    subnetwork = gcp.compute.Subnetwork(
        "main",
        network=network.id,
        ip_cidr_range="10.10.0.0/20",
        region="europe-west4",
        secondary_ip_ranges=[
            {"range_name": "pods", "ip_cidr_range": "100.64.0.0/16"},
            {"range_name": "services", "ip_cidr_range": "172.20.0.0/20"},
        ],
        opts=GCP,
    )
    router = gcp.compute.Router("main", network=network.id, region="europe-west4", opts=GCP)
    gcp.compute.RouterNat(
        "main",
        router=router.name,
        region="europe-west4",
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        opts=GCP,
    )
    ring = gcp.kms.KeyRing("fleet", location="europe-west4", opts=GCP)
    key = gcp.kms.CryptoKey("cluster", key_ring=ring.id, rotation_period="7776000s", opts=GCP)
    nodes = gcp.serviceaccount.Account("nodes", account_id="core-nodes", opts=GCP)
    gcp.projects.IAMMember("logs", project="acme-dev", role="roles/logging.logWriter", member=nodes.member, opts=GCP)
    agent = "serviceAccount:service-1@container-engine-robot.iam.gserviceaccount.com"
    gcp.kms.CryptoKeyIAMMember("agent", crypto_key_id=key.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=agent, opts=GCP)
    cluster = gcp.container.Cluster(
        "core",
        name="core",
        location="europe-west4",
        network=network.id,
        subnetwork=subnetwork.id,
        initial_node_count=1,
        remove_default_node_pool=True,
        min_master_version="1.35",
        release_channel={"channel": "REGULAR"},
        ip_allocation_policy={"cluster_secondary_range_name": "pods", "services_secondary_range_name": "services"},
        private_cluster_config={"enable_private_nodes": True, "enable_private_endpoint": True, "master_ipv4_cidr_block": "10.11.0.0/28"},
        master_authorized_networks_config={},
        deletion_protection=False,
        opts=GCP,
    )
    gcp.container.NodePool(
        "general",
        cluster=cluster.id,
        location="europe-west4",
        autoscaling={"total_min_node_count": 1, "total_max_node_count": 3},
        node_config={"machine_type": "n2-standard-4", "service_account": nodes.email},
        opts=GCP,
    )
    pulumi.export("gkeEndpoint", cluster.endpoint)
    pulumi.export("gkeAuthority", cluster.master_auth.cluster_ca_certificate)


eks()
gke()
