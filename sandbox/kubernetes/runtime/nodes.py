"""The nodes a cluster has: as many as its node pools in the store want, where and as they say. Values only; `node_pools` keeps them so."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fleet.catalog.instances import instance_types
from sandbox.cloud.request import Stored
from sandbox.cloud.store import StoreView
from sandbox.kubernetes.facts import ClusterFacts, text, value

NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
NODE_POOL: Final = "gcp:container/nodePool:NodePool"
SUBNET: Final = "aws:ec2/subnet:Subnet"
POOL_LABELS: Final = {"aws": "eks.amazonaws.com/nodegroup", "gcp": "cloud.google.com/gke-nodepool"}

_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_MEBI: Final = 1024 * 1024


@dataclass(frozen=True)
class Taint:
    key: str
    value: str
    effect: str


@dataclass(frozen=True)
class Node:
    """One machine. kubelet: its version with the leading v. vcpu, memory_mib, pods, disk_gib: what the machine has in all."""

    name: str
    pool: str
    provider_id: str
    address: str
    kubelet: str
    architecture: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    vcpu: int
    memory_mib: int
    pods: int
    disk_gib: int
    reserved_memory_mib: int


@dataclass(frozen=True)
class _Pool:
    """What all nodes of a pool share. generation: changes with everything that a node has for life."""

    name: str
    generation: str
    machine: str
    kubelet: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    pods: int
    disk_gib: int


def nodes(view: StoreView, facts: ClusterFacts) -> Sequence[Node]:
    """All nodes the cluster's pools want now, by name. view: of everything."""
    found = _eks(view, facts) if facts.cloud == "aws" else _gke(view, facts)
    return sorted(found, key=lambda node: node.name)


def pools(view: StoreView, facts: ClusterFacts) -> Sequence[Stored]:
    """The cluster's node groups or node pools, oldest first."""
    if facts.cloud == "aws":
        groups = view.all(NODE_GROUP)
        same = [item for item in groups if (item.caller.account, item.caller.region) == (facts.account, facts.region)]
        return [item for item in same if text(item.outputs, "clusterName") == facts.name]
    return [item for item in view.all(NODE_POOL) if item.id.startswith(f"{facts.uid}/")]


# --- EKS ------------------------------------------------------------------------------------------------------------------------------


def _eks(view: StoreView, facts: ClusterFacts) -> Iterator[Node]:
    for group in pools(view, facts):
        pool = _eks_pool(group)
        subnets = [view.get(SUBNET, str(subnet)) for subnet in _list(value(group.outputs, "subnetIds"))]
        there = [subnet.outputs for subnet in subnets if subnet is not None]
        count = _number(value(group.outputs, "scalingConfig", "desiredSize"))
        for index in range(count if there else 0):
            yield _eks_node(facts, pool, there[index % len(there)], index)


def _eks_pool(group: Stored) -> _Pool:
    """Settings: EKS API reference, Nodegroup; labels: EKS user guide, "Managed node groups" (2026-06)."""
    outputs = group.outputs
    name = text(outputs, "nodeGroupName")
    version = text(outputs, "version")
    image = text(outputs, "releaseVersion") or version
    capacity = text(outputs, "capacityType") or "ON_DEMAND"
    machine = str((_list(value(outputs, "instanceTypes")) or ["t3.medium"])[0])
    template = f"{text(outputs, 'launchTemplate', 'id')}@{value(outputs, 'launchTemplate', 'version')}"
    return _Pool(
        name=name,
        generation=_digest(group.serial, version, image, template, machine),
        machine=machine,
        kubelet=f"v{version}.0-eks-{_digest(image)[:7]}",
        labels={**_labels(outputs, "labels"), POOL_LABELS["aws"]: name, "eks.amazonaws.com/capacityType": capacity},
        taints=_taints(value(outputs, "taints")),
        pods=_machine("aws", machine)[3],
        disk_gib=_number(value(outputs, "diskSize")) or 20,
    )


def _eks_node(facts: ClusterFacts, pool: _Pool, subnet: Mapping[str, object], index: int) -> Node:
    """Named by its instance id, as in subnets whose private names are resource names (EC2 user guide, "hostname types")."""
    instance = f"i-{_digest(pool.generation, index)[:17]}"
    zone, zone_id = text(subnet, "availabilityZone"), text(subnet, "availabilityZoneId")
    own = {"topology.k8s.aws/zone-id": zone_id}
    return _node(
        facts,
        pool,
        name=f"{instance}.{facts.region}.compute.internal",
        provider_id=f"aws:///{zone}/{instance}",
        zone=zone,
        address=_address(text(subnet, "cidrBlock"), pool.generation, index),
        own=own,
    )


# --- GKE ------------------------------------------------------------------------------------------------------------------------------


def _gke(view: StoreView, facts: ClusterFacts) -> Iterator[Node]:
    for stored in pools(view, facts):
        pool = _gke_pool(stored)
        zones = [str(zone) for zone in _list(value(stored.outputs, "nodeLocations"))]
        nodes_range = _gke_range(view, facts)
        for index in range(_gke_count(stored, len(zones))):
            yield _gke_node(facts, pool, zones[index % len(zones)], index, nodes_range)


def _gke_count(stored: Stored, zones: int) -> int:
    """Nodes in all zones: the given number per zone, raised to the autoscaler's minimum (container.v1, NodePoolAutoscaling)."""
    per_zone = value(stored.inputs, "nodeCount")
    wanted = _number(stored.inputs.get("initialNodeCount", 1) if per_zone is None else per_zone)
    scaling = value(stored.inputs, "autoscaling")
    if not isinstance(scaling, Mapping):
        return wanted * zones
    return max(max(wanted, _number(scaling.get("minNodeCount"))) * zones, _number(scaling.get("totalMinNodeCount")))


def _gke_pool(stored: Stored) -> _Pool:
    """Settings: container.v1, NodePool; labels: GKE documentation, "About cluster labels" (2026-06)."""
    outputs = stored.outputs
    name, version = text(outputs, "name"), text(outputs, "version")
    machine = text(outputs, "nodeConfig", "machineType") or "e2-medium"
    config = value(outputs, "nodeConfig")
    labels = _labels(config if isinstance(config, Mapping) else {}, "labels")
    own = {
        POOL_LABELS["gcp"]: name,
        "cloud.google.com/gke-os-distribution": "cos",
        "cloud.google.com/machine-family": machine.split("-")[0],
    }
    spot = {"cloud.google.com/gke-spot": "true"} if value(outputs, "nodeConfig", "spot") else {}
    return _Pool(
        name=name,
        generation=_digest(stored.serial, version, machine),
        machine=machine,
        kubelet=f"v{version}",
        labels={**labels, **own, **spot},
        taints=_taints(value(outputs, "nodeConfig", "taints")),
        pods=_number(value(outputs, "maxPodsPerNode")) or 110,
        disk_gib=_number(value(outputs, "nodeConfig", "diskSizeGb")) or 100,
    )


def _gke_node(facts: ClusterFacts, pool: _Pool, zone: str, index: int, nodes_range: str) -> Node:
    name = f"gke-{facts.name[:20]}-{pool.name[:20]}-{pool.generation[:8]}-{_digest(pool.generation, index)[:4]}"
    return _node(
        facts,
        pool,
        name=name,
        provider_id=f"gce://{facts.account}/{zone}/{name}",
        zone=zone,
        address=_address(nodes_range, pool.generation, index),
        own={"topology.gke.io/zone": zone},
    )


def _gke_range(view: StoreView, facts: ClusterFacts) -> str:
    """The primary range of the cluster's subnetwork."""
    wanted = text(facts.outputs, "subnetwork").rsplit("/", 1)[-1]
    for subnetwork in view.all("gcp:compute/subnetwork:Subnetwork"):
        if subnetwork.caller.account == facts.account and text(subnetwork.outputs, "name") == wanted:
            return text(subnetwork.outputs, "ipCidrRange")
    return "10.128.0.0/20"


# --- both -----------------------------------------------------------------------------------------------------------------------------


def _node(facts: ClusterFacts, pool: _Pool, *, name: str, provider_id: str, zone: str, address: str, own: Mapping[str, str]) -> Node:
    vcpu, memory_mib, architecture, _ = _machine(facts.cloud, pool.machine)
    region = facts.region if facts.cloud == "aws" else zone.rsplit("-", 1)[0]
    labels = {
        "kubernetes.io/arch": architecture,
        "kubernetes.io/os": "linux",
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": pool.machine,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": zone,
    }
    return Node(
        name=name,
        pool=pool.name,
        provider_id=provider_id,
        address=address,
        kubelet=pool.kubelet,
        architecture=architecture,
        labels={**pool.labels, **labels, **own},
        taints=pool.taints,
        vcpu=vcpu,
        memory_mib=memory_mib,
        pods=pool.pods,
        disk_gib=pool.disk_gib,
        reserved_memory_mib=_reserved_memory_mib(facts.cloud, memory_mib, pool.pods),
    )


def _machine(cloud: str, name: str) -> tuple[int, int, str, int]:
    """vCPUs, memory in MiB, architecture and pods of a machine type; a type the catalogue lacks counts as the smallest that runs pods."""
    known = instance_types(cloud).get(name)
    if known is None:
        return 2, 4096, "amd64", 110
    return known.vcpu, int(known.memory_gib * 1024), known.architecture, known.max_pods_prefix or 110


def reserved_millicores(vcpu: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of two more, 0.25 % of the rest (amazon-eks-ami and GKE, "node sizes": the same)."""
    shares = [60, 10, 5, 5]
    return int(sum(shares[:vcpu]) + 2.5 * max(0, vcpu - 4))


def _reserved_memory_mib(cloud: str, memory_mib: int, pods: int) -> int:
    """EKS: 255 MiB and 11 for each pod (amazon-eks-ami). GKE: 25 % of 4 GiB, 20 % of 4, 10 % of 8, 6 % of 112, 2 % of the rest."""
    if cloud == "aws":
        return 255 + 11 * pods + 100
    reserved, left = 100.0, float(memory_mib)
    for size_mib, share in ((4096, 0.25), (4096, 0.2), (8192, 0.1), (112 * 1024, 0.06), (float("inf"), 0.02)):
        part = min(left, size_mib)
        reserved, left = reserved + part * share, left - part
    return int(reserved)


def manifest(node: Node) -> dict[str, object]:
    """The Node object as its kubelet registers it."""
    taints = [{"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in node.taints]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": dict(node.labels)},
        "spec": {"providerID": node.provider_id, **({"taints": taints} if taints else {})},
    }


def status(node: Node) -> dict[str, object]:
    """What it says of itself; its conditions come from who plays the kubelet."""
    storage = f"{node.disk_gib}Gi"
    memory = node.memory_mib * _MEBI
    capacity = {"cpu": str(node.vcpu), "memory": str(memory), "pods": str(node.pods), "ephemeral-storage": storage}
    allocatable = {
        **capacity,
        "cpu": f"{node.vcpu * 1000 - reserved_millicores(node.vcpu)}m",
        "memory": str(max(memory - node.reserved_memory_mib * _MEBI, memory // 2)),
    }
    info = {
        "kubeletVersion": node.kubelet,
        "kubeProxyVersion": node.kubelet,
        "architecture": node.architecture,
        "operatingSystem": "linux",
        "osImage": "Simulated",
        "kernelVersion": "",
        "containerRuntimeVersion": "containerd://2",
        "bootID": "",
        "machineID": _digest(node.name)[:32],
        "systemUUID": _digest(node.provider_id)[:32],
    }
    addresses = [{"type": "InternalIP", "address": node.address}, {"type": "Hostname", "address": node.name}]
    return {"capacity": capacity, "allocatable": allocatable, "nodeInfo": info, "addresses": addresses}


def _taints(found: object) -> tuple[Taint, ...]:
    taints = [item for item in _list(found) if isinstance(item, Mapping)]
    return tuple(Taint(text(item, "key"), text(item, "value"), _EFFECTS.get(text(item, "effect"), "NoSchedule")) for item in taints)


def _labels(outputs: Mapping[str, object], name: str) -> dict[str, str]:
    found = outputs.get(name)
    return {str(key): str(item) for key, item in found.items()} if isinstance(found, Mapping) else {}


def _address(cidr: str, generation: str, index: int) -> str:
    """A host of the range that belongs to this node."""
    network = ipaddress.ip_network(cidr)
    drawn = int.from_bytes(hashlib.sha256(f"{generation}/{index}".encode()).digest()[:8], "big")
    return str(network[10 + drawn % (network.num_addresses - 20)]) if network.num_addresses > 32 else str(network[-2])


def _digest(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def _list(found: object) -> list[object]:
    return list(found) if isinstance(found, list) else []


def _number(found: object) -> int:
    return int(found) if isinstance(found, int | float) else 0
