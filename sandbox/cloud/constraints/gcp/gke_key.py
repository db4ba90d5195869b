"""A cluster's and its nodes' keys are of the cluster's region, and GKE's and Compute Engine's agents may use them.

Rule: https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets (2026-06); for the region: "treat as a rule" (facts of
2026-11-24).
Error: badRequest and forbidden (container.v1, canonical codes); the texts are unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.google_networks import location
from sandbox.cloud.constraints.reading import changed, holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = (
    "gcp:container/cluster:Cluster",
    "gcp:container/nodePool:NodePool",
)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
DENIED: Final = Fault("container.v1", "container.projects.locations.clusters.create", "PERMISSION_DENIED")
_AGENTS: Final = {
    "databaseEncryption.keyName": ("Kubernetes Engine", "@container-engine-robot.iam.gserviceaccount.com"),
    "nodeConfig.bootDiskKmsKey": ("Compute Engine", "@compute-system.iam.gserviceaccount.com"),
}
_USE: Final = ("roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.admin", "roles/owner", "roles/editor")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    region = links.region_of(location(request))
    for property, (service, agent) in _AGENTS.items():
        link = text(request.inputs, property)
        if not link or (request.phase == "update" and not changed(request, property)):
            continue
        if region and links.part(link, "locations") not in ("", region):
            place = f"is in location {links.part(link, 'locations')}"
            yield INVALID.refusal(property, f"Cloud KMS key {link} {place}, it must be in the cluster's region {region}.")
            continue
        key = links.resolve(store, "gcp:kms/cryptoKey:CryptoKey", link, links.project(request))
        if key is not None and not _may_use(store, key, agent):
            need = "Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied"
            yield DENIED.refusal(property, f"{need} on {link}: grant the {service} service agent {_USE[0]} on it.")


def _may_use(store: StoreView, key: Stored, agent: str) -> bool:
    on_key = links.all_matching(store, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "cryptoKeyId", key)
    on_project = store.everywhere.all("gcp:projects/iAMMember:IAMMember")
    return any(_grants(holds(each), agent) for each in (*on_key, *on_project))


def _grants(member: Mapping[str, object], agent: str) -> bool:
    return text(member, "role") in _USE and text(member, "member").endswith(agent)
