"""GKE: clusters and node pools. Source: terraform-provider-google-beta services/container/*; container.v1 discovery, Cluster."""

from __future__ import annotations

import hashlib
import ipaddress
import uuid
from collections.abc import Mapping

from fleet.catalog.regions import regions
from fleet.catalog.versions import Channel, gke_minors
from sandbox.cloud.outputs.certificates import authority
from sandbox.cloud.outputs.making import Making, makes

CHANNELS: Mapping[str, Channel] = {"RAPID": "RAPID", "REGULAR": "REGULAR", "STABLE": "STABLE", "EXTENDED": "EXTENDED"}


@makes("gcp:container/cluster:Cluster")
def cluster(making: Making) -> dict[str, object]:
    version = _master_version(making)
    address = making.once("endpoint", lambda: _address(making))
    link = "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{name}"
    return {
        **making.defaults(
            clusterIpv4Cidr="10.4.0.0/14",
            loggingService="logging.googleapis.com/kubernetes",
            monitoringService="monitoring.googleapis.com/kubernetes",
            networkingMode="VPC_NATIVE",
            nodeLocations=_zones(making),
            deletionProtection=True,
            enableShieldedNodes=True,
        ),
        "selfLink": making.text(link),
        "endpoint": address,
        "masterVersion": version,
        "nodeVersion": making.inputs.get("nodeVersion", version),
        "masterAuth": making.once("masterAuth", lambda: _master_auth(making)),
        "servicesIpv4Cidr": making.get("ipAllocationPolicy", "servicesIpv4CidrBlock")
        or making.once("servicesIpv4Cidr", lambda: "34.118.224.0/20"),
        "labelFingerprint": making.once("labelFingerprint", lambda: "a9dc16a7"),
        "operation": making.once("operation", lambda: ""),
        "privateClusterConfig": making.merged("privateClusterConfig", privateEndpoint=address, publicEndpoint="", peeringName=""),
    }


def _master_version(making: Making) -> object:
    """It only ever rises: a minimum below the version now is ignored without an error (resource_container_cluster.go)."""
    old, wanted = making.old.get("masterVersion"), making.get("minMasterVersion")
    if not isinstance(old, str):
        return making.once("masterVersion", lambda: _version(making))
    if wanted is None or (isinstance(wanted, str) and _numbers(wanted) <= _numbers(old)[: len(_numbers(wanted))]):
        return old
    return _version(making)


def _numbers(version: str) -> list[int]:
    """[1, 35, 3] of `1.35.3-gke.1051000`."""
    return [int(part) for part in version.partition("-")[0].split(".") if part.isdigit()]


def _version(making: Making) -> object:
    """The exact version of the wanted minor in the channel, the channel's newest where none is wanted."""
    wanted = making.get("minMasterVersion")
    if wanted is not None and not isinstance(wanted, str):
        return wanted
    offered = gke_minors(CHANNELS.get(str(making.get("releaseChannel", "channel")), "REGULAR"))
    exact = {minor.minor: minor.exact for minor in offered}
    if wanted is None:
        return offered[-1].exact or f"{offered[-1].minor}.0-gke.1"
    return exact.get(wanted) or (wanted if wanted.count(".") > 1 else f"{wanted}.0-gke.1")


def _zones(making: Making) -> list[str]:
    """Three zones of the location's region."""
    location = str(making.place("location"))
    known = regions().get(location)
    return list(known.cluster_zones[:3]) if known else []


def _address(making: Making) -> str:
    """The real API server's host and port; where there is none, an address inside the control plane's own range if it has one."""
    real = making.address(making.id)
    if real is not None:
        return real.endpoint
    block = making.get("privateClusterConfig", "masterIpv4CidrBlock")
    if isinstance(block, str):
        return str(ipaddress.ip_network(block, strict=False)[2])
    number = int.from_bytes(hashlib.sha256(f"gke/{making.serial}".encode()).digest()[:2], "big")
    return str(ipaddress.ip_network("198.18.0.0/16")[number])


def _master_auth(making: Making) -> dict[str, object]:
    """A certificate's common name holds 64 characters at most, fewer than a cluster's id may have: GKE's own is a UUID."""
    real = making.address(making.id)
    return {
        "clusterCaCertificate": real.certificate_authority if real else authority(str(uuid.uuid5(uuid.NAMESPACE_URL, str(making.id)))),
        "clientCertificate": "",
        "clientKey": "",
        "clientCertificateConfig": {"issueClientCertificate": False},
    }


@makes("gcp:container/nodePool:NodePool")
def node_pool(making: Making) -> dict[str, object]:
    owner = making.view.get("gcp:container/cluster:Cluster", str(making.get("cluster"))) or next(
        iter(making.view.find("gcp:container/cluster:Cluster", name=making.get("cluster"))), None
    )
    zones = making.get("nodeLocations") or (owner.outputs.get("nodeLocations") if owner else [])
    return {
        **making.defaults(
            version=owner.outputs.get("masterVersion") if owner else "",
            nodeLocations=zones,
            maxPodsPerNode=110,
            initialNodeCount=1,
            nodeCount=1,
        ),
        "location": making.inputs.get("location", owner.outputs.get("location") if owner else making.place("location")),
        "managedInstanceGroupUrls": making.once("managedInstanceGroupUrls", lambda: _groups(making, zones)),
        "instanceGroupUrls": making.once("instanceGroupUrls", lambda: _groups(making, zones)),
    }


def _groups(making: Making, zones: object) -> list[str]:
    digits = hashlib.sha256(f"gke-group/{making.serial}".encode()).hexdigest()[:8]
    base = f"https://www.googleapis.com/compute/v1/projects/{making.place('project')}/zones"
    return [
        f"{base}/{zone}/instanceGroupManagers/gke-{making.get('name')}-{digits}-grp" for zone in (zones if isinstance(zones, list) else [])
    ]
