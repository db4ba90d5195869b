"""A small stack with one resource of each way to be looked up: by tag, by name, among what a function lists, under a generated name."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp

STACK = pulumi.get_stack()
ROLE = aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::111111111111:role/deployer", session_name="small")
on_aws = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-west-1", allowed_account_ids=["111111111111"], assume_roles=[ROLE]))
on_gcp = pulumi.ResourceOptions(provider=gcp.Provider("gcp", project="acme-dev", region="europe-west4", add_pulumi_attribution_label=False))


def tags(kind: type[pulumi.CustomResource], name: str) -> dict[str, str]:
    return {"Name": name, "fleet": "small", "fleet:resource": f"{STACK}/{name}/{kind.pulumi_type}"}


def assumed_by(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags=tags(aws.ec2.Vpc, "net"), opts=on_aws)
pods = aws.ec2.VpcIpv4CidrBlockAssociation("pods", vpc_id=vpc.id, cidr_block="100.64.0.0/16", opts=on_aws)
subnet = aws.ec2.Subnet(
    "nodes",
    vpc_id=vpc.id,
    cidr_block="10.0.0.0/20",
    availability_zone_id="euw1-az1",
    tags=tags(aws.ec2.Subnet, "nodes"),
    opts=pulumi.ResourceOptions.merge(on_aws, pulumi.ResourceOptions(protect=True)),
)
table = aws.ec2.RouteTable("table", vpc_id=vpc.id, tags=tags(aws.ec2.RouteTable, "table"), opts=on_aws)
aws.ec2.RouteTableAssociation("table", subnet_id=subnet.id, route_table_id=table.id, opts=on_aws)
role = aws.iam.Role("nodes", assume_role_policy=assumed_by("ec2.amazonaws.com"), tags=tags(aws.iam.Role, "nodes"), opts=on_aws)
aws.iam.RolePolicyAttachment("pull", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", opts=on_aws)
rights = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]}
aws.iam.RolePolicy("logs", role=role.name, policy=json.dumps(rights), opts=on_aws)
key = aws.kms.Key("key", deletion_window_in_days=30, tags=tags(aws.kms.Key, "key"), opts=on_aws)
aws.kms.Alias("key", name="alias/small", target_key_id=key.key_id, opts=on_aws)
gcp.compute.Network("net", name="small", auto_create_subnetworks=False, opts=on_gcp)
ring = gcp.kms.KeyRing("ring", location="europe-west4", opts=on_gcp)
gcp.kms.CryptoKey("ring", key_ring=ring.id, labels={"fleet-resource": "0123456789abcdef"}, opts=on_gcp)
pulumi.export("vpc", vpc.id)
