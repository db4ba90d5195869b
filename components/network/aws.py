"""An AWS network: one VPC with zones of its own egress, and in it a slot of control-plane, node and pod subnets per EKS cluster."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.keys import Location, key, log_group
from components.names import Origin, Owner
from components.network import aws_egress, aws_endpoints
from components.network.aws_subnets import Slot, build_slot
from components.network.base import NetworkComponent
from components.providers import Providers
from components.roles import allow, service_role
from fleet.blueprint.model import AwsNetwork


class Aws(NetworkComponent):
    """A VPC. slots: by the cluster's name in the fleet."""

    vpc_id: pulumi.Output[str]
    cidr: str
    slots: Mapping[str, Slot]

    def __init__(self, network: AwsNetwork, origin: Origin, options: pulumi.ResourceOptions) -> None:
        super().__init__(network, origin, options, "fleet:network:Aws")
        owner = Owner(self, network.name, origin, network.tags)
        vpc = _vpc(owner, network)
        self.vpc_id, self.cidr = vpc.id, network.cidr
        _flow_logs(owner, network, vpc)
        tables = aws_egress.build(owner, network, vpc)
        self.slots = {slot.cluster: build_slot(owner, slot, vpc, tables) for slot in network.slots}
        aws_endpoints.build(owner, network, vpc, tables)
        self.register_outputs({"vpcId": vpc.id})


def build(network: AwsNetwork, origin: Origin, providers: Providers, after: list[pulumi.Resource]) -> Aws:
    provider = providers.aws(network.deployer, network.region)
    return Aws(network, origin, pulumi.ResourceOptions(providers=[provider], protect=network.protect, depends_on=after))


def _vpc(owner: Owner, network: AwsNetwork) -> aws.ec2.Vpc:
    """The VPC, whose default security group admits nothing. Nodes register only with DNS on (EKS user guide, 2025-06)."""
    vpc = aws.ec2.Vpc(
        owner.name,
        cidr_block=network.cidr,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        instance_tenancy="default",
        tags={**owner.tags(aws.ec2.Vpc, owner.name), "Name": network.physical_name},
        opts=owner.options(),
    )
    aws.ec2.DefaultSecurityGroup(
        owner.logical("default"),
        vpc_id=vpc.id,
        ingress=[],
        egress=[],
        tags=owner.tags(aws.ec2.DefaultSecurityGroup, owner.logical("default")),
        opts=owner.options(),
    )
    return vpc


def _flow_logs(owner: Owner, network: AwsNetwork, vpc: aws.ec2.Vpc) -> None:
    """All traffic's records, accepted and rejected, into an encrypted log group that the VPC flow log service alone may write."""
    location = Location.of(network.deployer, network.region)
    name = f"/fleet/network/{network.physical_name}/flow-logs"
    group = log_group(owner, name, network.flow_log_retention_days, key(owner, location, name, volumes=False).arn, "flow-logs")
    role = service_role(owner, "vpc-flow-logs.amazonaws.com", "flow-logs")
    write = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
    statement = {"Effect": "Allow", "Action": write, "Resource": f"{location.log_group_arn(name)}:*"}
    permission = allow(owner, role, [statement], "flow-logs")
    aws.ec2.FlowLog(
        owner.logical("flow-logs"),
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=600,
        tags=owner.tags(aws.ec2.FlowLog, owner.logical("flow-logs")),
        opts=owner.options(depends_on=[permission]),
    )
