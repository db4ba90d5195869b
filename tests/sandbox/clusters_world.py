"""A store with clusters in it and a supervisor that runs them, in the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sandbox.cloud.database import Store, open_store
from sandbox.cloud.request import Caller, Stored
from sandbox.kubernetes.facts import EKS_CLUSTER
from sandbox.kubernetes.runtime import places, waiting
from sandbox.kubernetes.runtime.addons import ADDON
from sandbox.kubernetes.runtime.api import Api
from sandbox.kubernetes.runtime.nodes import NODE_GROUP, SUBNET
from sandbox.kubernetes.runtime.places import Place
from sandbox.kubernetes.runtime.supervisor import Supervisor

ACCOUNT, REGION = "111111111111", "eu-west-1"
AWS = Caller("aws", ACCOUNT, REGION, "arn:aws:iam::111111111111:role/fleet-deployer")
ZONES = {zone: f"subnet-{zone}" for zone in "abc"}
BOUND_SECONDS = 180.0


def uid(name: str) -> str:
    return f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{name}"


@dataclass
class Clusters:
    """What the clouds would do, without their judgement: resources go into the store, then the supervisor settles them."""

    state: Path
    store: Store
    supervisor: Supervisor
    apis: list[Api] = field(default_factory=list)

    def cluster(self, name: str, version: str = "1.35") -> Stored:
        self.supervisor.address(uid(name))
        outputs = {
            "arn": uid(name),
            "name": name,
            "version": version,
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
            "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{REGION}.amazonaws.com/id/{name}"}]}],
        }
        return self.settled(self.store.insert(Stored(EKS_CLUSTER, name, AWS, outputs, outputs)))

    def group(self, cluster: str, name: str, zones: str = "abc", count: int = 3, **more: object) -> Stored:
        outputs = {
            "clusterName": cluster,
            "nodeGroupName": name,
            "version": "1.35",
            "subnetIds": [ZONES[zone] for zone in zones],
            "instanceTypes": ["m7i.xlarge"],
            "scalingConfig": {"minSize": 0, "maxSize": 9, "desiredSize": count},
            **more,
        }
        return self.settled(self.store.insert(Stored(NODE_GROUP, f"{cluster}:{name}", AWS, outputs, outputs)))

    def addon(self, cluster: str, name: str, configuration: str = "") -> Stored:
        outputs = {"clusterName": cluster, "addonName": name, "addonVersion": "v1", "configurationValues": configuration}
        return self.settled(self.store.insert(Stored(ADDON, f"{cluster}:{name}", AWS, outputs, outputs)))

    def change(self, stored: Stored, **outputs: object) -> Stored:
        changed = replace(stored, outputs={**stored.outputs, **outputs})
        self.store.update(changed)
        return self.settled(changed)

    def remove(self, stored: Stored) -> None:
        self.store.delete(stored)
        self.settled(stored)

    def settled(self, stored: Stored) -> Stored:
        assert self.supervisor.settle(stored) == ""
        return stored

    def place(self, name: str) -> Place:
        place = places.find(self.state, uid(name))
        assert place is not None
        return place

    def api(self, name: str) -> Api:
        """As a visitor comes: a sleeping cluster wakes."""
        made = Api(self.place(name), past_doorbell=False)
        self.apis.append(made)
        return made

    def restart(self) -> None:
        """As a daemon that ends and one that starts."""
        self.supervisor.close()
        self.supervisor = Supervisor(self.state, self.store)
        self.supervisor.start()

    def close(self) -> None:
        for api in self.apis:
            api.close()
        self.supervisor.close()
        self.store.close()


def open_clusters(state: Path) -> Clusters:
    """No cluster yet, a subnet in each of three zones."""
    store = open_store(state)
    for number, (zone, subnet) in enumerate(ZONES.items()):
        outputs = {
            "availabilityZone": f"{REGION}{zone}",
            "availabilityZoneId": f"euw1-az{number + 1}",
            "cidrBlock": f"10.0.{16 * number}.0/20",
        }
        store.insert(Stored(SUBNET, subnet, AWS, outputs, outputs))
    made = Clusters(state, store, Supervisor(state, store))
    made.supervisor.start()
    return made


def until(holds: Callable[[], bool], what: str, seconds: float = BOUND_SECONDS) -> None:
    assert waiting.until(holds, seconds, threading.Event()), f"{what}: not within {seconds:.0f} s"


def pod(name: str, *, privileged: bool = False, annotations: Mapping[str, str] | None = None, cpu: str = "10m") -> dict[str, object]:
    """A pod that the restricted Pod Security Standard takes, unless privileged."""
    context = {"allowPrivilegeEscalation": privileged, "capabilities": {"drop": ["ALL"]}, "privileged": privileged}
    requests = {"cpu": cpu, "memory": "16Mi"}
    container = {
        "name": "main",
        "image": "stand-in/app:1",
        "securityContext": context,
        "resources": {"requests": requests, "limits": requests},
    }
    spec = {"containers": [container], "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": dict(annotations or {})}, "spec": spec}
