"""IAM roles that one AWS service may assume, with the least policies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Owner

NAME_LIMIT = 64
"""IAM user guide, "IAM and AWS STS quotas" (2023-06)."""


def service_role(
    owner: Owner, service: str, *parts: str, actions: Sequence[str] = ("sts:AssumeRole",), protect: bool | None = None
) -> aws.iam.Role:
    """A role that only `service`, as `eks.amazonaws.com`, may assume."""
    name = owner.logical(*parts)
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions)}
    return aws.iam.Role(
        name,
        name=owner.physical(name, NAME_LIMIT),
        description=f"{'-'.join(parts)} of {owner.name}, for {service}",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True),
        force_detach_policies=False,
        max_session_duration=3600,
        path="/",
        tags=owner.tags(aws.iam.Role, name),
        opts=owner.options(protect=protect),
    )


def attach(owner: Owner, role: aws.iam.Role, policy_arn: str, *parts: str, protect: bool | None = None) -> aws.iam.RolePolicyAttachment:
    """Attach a managed policy; the logical name ends with the policy's name."""
    name = owner.logical(*parts, policy_arn.rsplit("/", 1)[-1])
    return aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy_arn, opts=owner.options(protect=protect))


def allow(owner: Owner, role: aws.iam.Role, statements: Sequence[dict[str, Any]], *parts: str) -> aws.iam.RolePolicy:
    """Give a role an inline policy; statements may hold outputs."""
    document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)
    name = owner.logical(*parts)
    return aws.iam.RolePolicy(name, name=name, role=role.name, policy=document, opts=owner.options())
