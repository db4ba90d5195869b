"""What the simulated clouds' store says of their clusters: the values that the packages beside this one share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sandbox.cloud import lifetimes
from sandbox.cloud.request import Stored
from sandbox.cloud.store import StoreView

EKS_CLUSTER: Final = "aws:eks/cluster:Cluster"
GKE_CLUSTER: Final = "gcp:container/cluster:Cluster"

STAND_IN: Final = "sandbox.fleet/stand-in"
"""Label of objects that stand for what a cloud or an upstream chart would install; its value is "true"."""

Cloud = Literal["aws", "gcp"]


@dataclass(frozen=True)
class ClusterFacts:
    """One cluster that exists in the clouds.

    uid: the ARN (EKS) or the id `projects/../clusters/NAME` (GKE), unique over all clouds. account: AWS account id or GCP project id.
    version: as the cloud has it (`1.35`, `1.35.7-gke.1222000`); minor: `1.35`. region: where it is (GKE: its location).
    services_cidr: the range of Services. issuer: of the service account tokens. deployer: who made it.
    outputs: all that the cloud answers.
    """

    cloud: Cloud
    uid: str
    account: str
    region: str
    name: str
    version: str
    services_cidr: str
    issuer: str
    deployer: str
    outputs: Mapping[str, object]

    @property
    def key(self) -> str:
        """Names the cluster's folder and its prefix in etcd."""
        return key_of(self.uid)

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])


def key_of(uid: str) -> str:
    """`core-dev-eu-west-1-1f3a9c2b` of an ARN or a GKE id: the cluster's name, and what tells it from others of that name."""
    name = re.sub(r"[^A-Za-z0-9-]", "-", uid.rsplit("/", 1)[-1])[:40]
    return f"{name}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"


def clusters(view: StoreView) -> Sequence[ClusterFacts]:
    """All clusters of both clouds, oldest first. view: of everything (View(store, None))."""
    found = [stored for type in (EKS_CLUSTER, GKE_CLUSTER) for stored in view.all(type) if not lifetimes.is_gone(stored)]
    return [facts_of(stored) for stored in sorted(found, key=lambda stored: stored.serial)]


def facts_of(stored: Stored) -> ClusterFacts:
    """A stored cluster of either cloud. Raises ValueError for a resource that is none."""
    if stored.type == EKS_CLUSTER:
        return _eks(stored)
    if stored.type == GKE_CLUSTER:
        return _gke(stored)
    raise ValueError(f"{stored.type} {stored.id} is no cluster")


def _eks(stored: Stored) -> ClusterFacts:
    outputs = stored.outputs
    return ClusterFacts(
        cloud="aws",
        uid=text(outputs, "arn"),
        account=stored.caller.account,
        region=stored.caller.region,
        name=text(outputs, "name"),
        version=text(outputs, "version"),
        services_cidr=text(outputs, "kubernetesNetworkConfig", "serviceIpv4Cidr"),
        issuer=text(outputs, "identities", 0, "oidcs", 0, "issuer"),
        deployer=stored.caller.principal,
        outputs=outputs,
    )


def _gke(stored: Stored) -> ClusterFacts:
    outputs = stored.outputs
    return ClusterFacts(
        cloud="gcp",
        uid=stored.id,
        account=stored.caller.account,
        region=text(outputs, "location"),
        name=text(outputs, "name"),
        version=text(outputs, "masterVersion"),
        services_cidr=text(outputs, "servicesIpv4Cidr"),
        issuer=f"https://container.googleapis.com/v1/{stored.id}",
        deployer=stored.caller.principal,
        outputs=outputs,
    )


def value(values: Mapping[str, object], *path: str | int) -> object:
    """What is at a path of keys and indexes, None where nothing is."""
    found: object = values
    for step in path:
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return found


def text(values: Mapping[str, object], *path: str | int) -> str:
    """The text at a path, empty where there is none."""
    found = value(values, *path)
    return found if isinstance(found, str) else ""
