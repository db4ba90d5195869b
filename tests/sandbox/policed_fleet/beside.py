"""Beside the fleet: a key that rotates if another one was made, which the preview of a new stack cannot know."""

import pulumi
import pulumi_aws as aws

ROLE = aws.ProviderAssumeRoleArgs(role_arn="arn:aws:iam::111111111111:role/fleet-deployer", session_name="beside")
on_aws = pulumi.ResourceOptions(
    provider=aws.Provider("beside", region="eu-west-1", allowed_account_ids=["111111111111"], assume_roles=[ROLE])
)
first = aws.kms.Key("beside-first", enable_key_rotation=True, opts=on_aws)
aws.kms.Key("beside-second", enable_key_rotation=first.arn.apply(bool), opts=on_aws)
