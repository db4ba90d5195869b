"""Customer-managed KMS keys on AWS: rotated, aliased, and usable only by the services named in their policy.

Source: AWS KMS developer guide, "Key policies" (2026-09) and "Encrypt log data in CloudWatch Logs using KMS" (2026-09).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Owner
from fleet.blueprint.model import Deployer

ROTATION_DAYS = 365
DELETION_WINDOW_DAYS = 30
_USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]


@dataclass(frozen=True)
class Location:
    """An AWS account and region, for ARNs that are known before anything exists. partition: from the deployer's own ARN."""

    partition: str
    account: str
    region: str

    @staticmethod
    def of(deployer: Deployer, region: str) -> Location:
        return Location(partition=deployer.principal.split(":")[1], account=deployer.account, region=region)

    def log_group_arn(self, name: str) -> str:
        return f"arn:{self.partition}:logs:{self.region}:{self.account}:log-group:{name}"

    def root(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:root"

    def managed_policy(self, path: str) -> str:
        return f"arn:{self.partition}:iam::aws:policy/{path}"


def key(owner: Owner, location: Location, log_group: str, volumes: bool) -> aws.kms.Key:
    """A key for what this owner stores: its log group and, with `volumes`, the disks of its nodes. Deletion waits 30 days."""
    name = owner.logical("key")
    statements = [_administration(location), _logs(location, log_group)] + ([_volumes(location)] if volumes else [])
    made = aws.kms.Key(
        name,
        description=f"Encrypts what {owner.name} stores",
        key_usage="ENCRYPT_DECRYPT",
        customer_master_key_spec="SYMMETRIC_DEFAULT",
        enable_key_rotation=True,
        rotation_period_in_days=ROTATION_DAYS,
        deletion_window_in_days=DELETION_WINDOW_DAYS,
        is_enabled=True,
        multi_region=False,
        policy=json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True),
        tags=owner.tags(aws.kms.Key, name),
        opts=owner.options(),
    )
    alias(owner, made)
    return made


def alias(owner: Owner, target: aws.kms.Key) -> aws.kms.Alias:
    """The name people see instead of the key's id."""
    return aws.kms.Alias(owner.logical("key"), name=f"alias/fleet/{owner.name}", target_key_id=target.key_id, opts=owner.options())


def log_group(owner: Owner, name: str, retention_days: int, encryption: pulumi.Input[str], *parts: str) -> aws.cloudwatch.LogGroup:
    """A log group of a fixed name, encrypted, whose entries go after `retention_days`."""
    logical = owner.logical(*parts)
    return aws.cloudwatch.LogGroup(
        logical,
        name=name,
        retention_in_days=retention_days,
        kms_key_id=encryption,
        log_group_class="STANDARD",
        tags=owner.tags(aws.cloudwatch.LogGroup, logical),
        opts=owner.options(),
    )


def _administration(location: Location) -> dict[str, Any]:
    """The account's own IAM decides who administers the key; without it a key can become unmanageable."""
    return {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": location.root()}, "Action": "kms:*", "Resource": "*"}


def _logs(location: Location, log_group: str) -> dict[str, Any]:
    condition = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": location.log_group_arn(log_group)}}
    principal = {"Service": f"logs.{location.region}.amazonaws.com"}
    return {"Sid": "Logs", "Effect": "Allow", "Principal": principal, "Action": _USE, "Resource": "*", "Condition": condition}


def _volumes(location: Location) -> dict[str, Any]:
    """As in the policy of AWS's own `aws/ebs` key: whoever may use EBS in this account, through EC2 only."""
    condition = {"StringEquals": {"kms:CallerAccount": location.account, "kms:ViaService": f"ec2.{location.region}.amazonaws.com"}}
    action = [*_USE, "kms:CreateGrant"]
    return {"Sid": "Volumes", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*", "Condition": condition}
