"""IAM, KMS and logs of AWS. Source: terraform-provider-aws internal/service/{iam,kms,logs}/*."""

from __future__ import annotations

from sandbox.cloud.outputs.making import Making, makes


@makes("aws:iam/role:Role")
def role(making: Making) -> dict[str, object]:
    return {
        **making.defaults(path="/", maxSessionDuration=3600, forceDetachPolicies=False),
        "createDate": making.created("createDate"),
        "uniqueId": making.drawn("uniqueId", "AROA#"),
    }


@makes("aws:iam/policy:Policy")
def policy(making: Making) -> dict[str, object]:
    return {**making.defaults(path="/"), "policyId": making.drawn("policyId", "ANPA#"), "attachmentCount": 0}


@makes("aws:iam/instanceProfile:InstanceProfile")
def instance_profile(making: Making) -> dict[str, object]:
    return {**making.defaults(path="/"), "uniqueId": making.drawn("uniqueId", "AIPA#"), "createDate": making.created("createDate")}


@makes("aws:kms/key:Key")
def key(making: Making) -> dict[str, object]:
    everyone = making.text('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{account}:root"},')
    policy = f'{everyone}"Action":"kms:*","Resource":"*"}}]}}'
    return {
        **making.defaults(
            description="",
            keyUsage="ENCRYPT_DECRYPT",
            customerMasterKeySpec="SYMMETRIC_DEFAULT",
            isEnabled=True,
            multiRegion=False,
            enableKeyRotation=False,
            policy=policy,
        ),
        "keyId": making.id,
    }


@makes("aws:kms/alias:Alias")
def alias(making: Making) -> dict[str, object]:
    target = making.get("targetKeyId")
    key = making.view.get("aws:kms/key:Key", str(target)) if isinstance(target, str) else None
    return {"targetKeyArn": key.outputs["arn"] if key else target}


@makes("aws:cloudwatch/logGroup:LogGroup")
def log_group(making: Making) -> dict[str, object]:
    return making.defaults(logGroupClass="STANDARD", retentionInDays=0)
