"""Explicit providers, one per account and region: a resource can never land in an account or region that it was not meant for."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi

from fleet.blueprint.model import Deployer


@dataclass
class Providers:
    """Makes each provider of a stack once. stack: names the AWS session, so that CloudTrail shows which stack acted."""

    stack: str
    made: dict[str, tuple[Deployer, pulumi.ProviderResource]] = field(default_factory=dict)

    def aws(self, deployer: Deployer, region: str) -> pulumi.ProviderResource:
        name = f"aws-{deployer.account}-{region}"
        return self._once(name, deployer) or self._keep(name, deployer, _aws(name, self.stack, deployer, region))

    def gcp(self, deployer: Deployer, region: str | None) -> pulumi.ProviderResource:
        """region None: for what exists once per project."""
        name = "-".join(part for part in ("gcp", deployer.account, region) if part)
        return self._once(name, deployer) or self._keep(name, deployer, _gcp(name, deployer, region))

    def all(self) -> list[pulumi.ProviderResource]:
        return [provider for _, provider in self.made.values()]

    def _once(self, name: str, deployer: Deployer) -> pulumi.ProviderResource | None:
        if name not in self.made:
            return None
        first, provider = self.made[name]
        if first.principal != deployer.principal:
            raise ValueError(
                f"stack {self.stack}: {name} would act as both {first.principal} and {deployer.principal}; "
                "one account and region has one deployer: make `deployer` equal in fleet.yaml"
            )
        return provider

    def _keep(self, name: str, deployer: Deployer, provider: pulumi.ProviderResource) -> pulumi.ProviderResource:
        self.made[name] = (deployer, provider)
        return provider


def _aws(name: str, stack: str, deployer: Deployer, region: str) -> pulumi.ProviderResource:
    import pulumi_aws as aws

    role = aws.ProviderAssumeRoleArgs(role_arn=deployer.principal, session_name=f"fleet-{stack}"[:64])
    return aws.Provider(name, region=region, allowed_account_ids=[deployer.account], assume_roles=[role])


def _gcp(name: str, deployer: Deployer, region: str | None) -> pulumi.ProviderResource:
    import pulumi_gcp as gcp

    return gcp.Provider(
        name,
        project=deployer.account,
        region=region,
        impersonate_service_account=deployer.principal,
        add_pulumi_attribution_label=False,
    )
