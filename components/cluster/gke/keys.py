"""A GKE cluster's Cloud KMS key, for its secrets and its nodes' disks.

Key rings and keys can never be deleted, so their names are generated: a fixed name would block the cluster's re-creation. Their region is
the cluster's (GKE documentation, "Encrypt secrets at the application layer", 2026-06).
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.names import Owner
from fleet.blueprint.model import GkeCluster

ROTATION = "7776000s"
"""90 days."""
USE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
SERVICE_AGENTS = {"gke": "container-engine-robot", "compute": "compute-system"}
"""Whose agents use the key: GKE for secrets, Compute Engine for disks (service agents reference, 2026-06)."""


@dataclass(frozen=True)
class Encryption:
    """key_id: the key, usable once `rights` exist."""

    ring: gcp.kms.KeyRing
    key_id: pulumi.Output[str]
    rights: list[pulumi.Resource]


def build(owner: Owner, cluster: GkeCluster, provider: pulumi.ProviderResource, after: list[pulumi.Resource]) -> Encryption:
    """after: what the look-up of the project's number needs, as the project's services."""
    ring = gcp.kms.KeyRing(owner.name, location=cluster.region, opts=owner.options())
    key = gcp.kms.CryptoKey(
        owner.name,
        key_ring=ring.id,
        purpose="ENCRYPT_DECRYPT",
        rotation_period=ROTATION,
        version_template=gcp.kms.CryptoKeyVersionTemplateArgs(algorithm="GOOGLE_SYMMETRIC_ENCRYPTION", protection_level="SOFTWARE"),
        labels=owner.labels(gcp.kms.CryptoKey, owner.name),
        opts=owner.options(),
    )
    lookup = pulumi.InvokeOutputOptions(provider=provider, depends_on=after)
    number = gcp.organizations.get_project_output(project_id=cluster.deployer.account, opts=lookup).number
    rights: list[pulumi.Resource] = [_grant(owner, key, agent, service, number) for agent, service in SERVICE_AGENTS.items()]
    return Encryption(ring, key.id, rights)


def _grant(owner: Owner, key: gcp.kms.CryptoKey, agent: str, service: str, number: pulumi.Output[str]) -> gcp.kms.CryptoKeyIAMMember:
    return gcp.kms.CryptoKeyIAMMember(
        owner.logical("key", agent),
        crypto_key_id=key.id,
        role=USE,
        member=pulumi.Output.concat("serviceAccount:service-", number, f"@{service}.iam.gserviceaccount.com"),
        opts=owner.options(),
    )
