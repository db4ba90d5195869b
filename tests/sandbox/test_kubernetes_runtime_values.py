"""What the store says of clusters, as values: which nodes and add-ons there are, what they are called, and when a program is given up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cloud.database import Store, open_store
from sandbox.cloud.request import Caller, Stored
from sandbox.cloud.view import View
from sandbox.kubernetes.facts import GKE_CLUSTER, clusters, facts_of, key_of
from sandbox.kubernetes.runtime import places, processes
from sandbox.kubernetes.runtime.addons import addons, manifests
from sandbox.kubernetes.runtime.guard import RESTARTS, Guard
from sandbox.kubernetes.runtime.nodes import NODE_POOL, Node, Taint, manifest, nodes, reserved_millicores
from sandbox.kubernetes.runtime.problem import RuntimeProblem
from sandbox.kubernetes.runtime.processes import Program
from tests.sandbox.clusters_world import until

GCP = Caller("gcp", "acme-dev", "", "fleet-deployer@acme-dev.iam.gserviceaccount.com")
UID = "projects/acme-dev/locations/europe-west4/clusters/core"
ZONES = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
OUTPUTS = {
    "name": "core",
    "location": "europe-west4",
    "masterVersion": "1.35.7-gke.1222000",
    "servicesIpv4Cidr": "172.20.0.0/20",
    "subnetwork": "projects/acme-dev/regions/europe-west4/subnetworks/nodes",
    "datapathProvider": "ADVANCED_DATAPATH",
    "addonsConfig": {"gcePersistentDiskCsiDriverConfig": {"enabled": True}},
}
CONFIG = {
    "machineType": "n2-standard-4",
    "labels": {"team": "a"},
    "taints": [{"key": "gpu", "value": "yes", "effect": "NO_EXECUTE"}],
    "spot": True,
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path)
    made.insert(Stored(GKE_CLUSTER, UID, GCP, OUTPUTS, OUTPUTS))
    subnetwork = {"name": "nodes", "ipCidrRange": "10.8.0.0/22"}
    made.insert(Stored("gcp:compute/subnetwork:Subnetwork", "s", GCP, subnetwork, subnetwork))
    yield made
    made.close()


def pool(store: Store, **inputs: object) -> list[Node]:
    """The nodes of one pool in three zones."""
    outputs = {"name": "general", "version": "1.35.7-gke.1222000", "nodeLocations": ZONES, "nodeConfig": CONFIG, "maxPodsPerNode": 64}
    store.insert(Stored(NODE_POOL, f"{UID}/nodePools/general", GCP, inputs, {**outputs, **inputs}))
    view = View(store, None)
    return list(nodes(view, clusters(view)[0]))


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ({}, 3),
        ({"initialNodeCount": 2}, 6),
        ({"initialNodeCount": 0}, 0),
        ({"nodeCount": 3, "initialNodeCount": 1}, 9),
        ({"initialNodeCount": 1, "autoscaling": {"totalMinNodeCount": 5, "totalMaxNodeCount": 9}}, 5),
        ({"initialNodeCount": 0, "autoscaling": {"minNodeCount": 1, "maxNodeCount": 3}}, 3),
    ],
)
def test_a_gke_pool_has_its_number_in_each_zone_and_no_less_than_its_autoscaler_keeps(
    store: Store, inputs: dict[str, object], count: int
) -> None:
    found = pool(store, **inputs)
    assert len(found) == len({node.name for node in found}) == count
    each = [sum(node.labels["topology.kubernetes.io/zone"] == zone for node in found) for zone in ZONES]
    assert max(each) - min(each) <= 1


def test_a_gke_node_is_what_its_pool_says(store: Store) -> None:
    node = pool(store)[0]
    wanted = {"cloud.google.com/gke-nodepool": "general", "cloud.google.com/gke-spot": "true", "team": "a"}
    assert wanted.items() <= node.labels.items()
    assert node.labels["topology.kubernetes.io/region"] == "europe-west4"
    assert node.labels["node.kubernetes.io/instance-type"] == "n2-standard-4"
    assert (node.kubelet, node.pods, node.vcpu, node.taints) == ("v1.35.7-gke.1222000", 64, 4, (Taint("gpu", "yes", "NoExecute"),))
    assert node.address.startswith(("10.8.0.", "10.8.1.", "10.8.2.", "10.8.3."))
    assert "taints" in manifest(node)["spec"]  # type: ignore[operator]


def test_gke_brings_what_its_settings_switch_on(store: Store) -> None:
    facts = clusters(View(store, None))[0]
    names = {addon.name for addon in addons(View(store, None), facts)}
    assert {"kube-dns", "metrics-server", "dataplane-v2", "gce-persistent-disk-csi-driver"} <= names
    assert not {"gcs-fuse-csi-driver", "gcp-filestore-csi-driver"} & names
    without = replace(facts, outputs={})
    assert "dataplane-v2" not in {addon.name for addon in addons(View(store, None), without)}


def test_every_stand_in_says_that_it_is_one(store: Store) -> None:
    facts = clusters(View(store, None))[0]
    made = [item for addon in addons(View(store, None), facts) for item in manifests(addon)]
    assert {item["metadata"]["labels"]["sandbox.fleet/stand-in"] for item in made} == {"true"}
    assert {item["metadata"]["namespace"] for item in made} == {"kube-system"}


@pytest.mark.parametrize(("vcpu", "millicores"), [(1, 60), (2, 70), (4, 80), (8, 90), (96, 310)])
def test_a_share_of_each_core_is_kept_for_the_node_itself(vcpu: int, millicores: int) -> None:
    assert reserved_millicores(vcpu) == millicores


def test_clusters_of_one_name_have_keys_of_their_own() -> None:
    one, other = (key_of(f"arn:aws:eks:{region}:111111111111:cluster/core") for region in ("eu-west-1", "us-east-1"))
    assert one != other and one.startswith("core-")


def test_a_resource_that_is_no_cluster_has_no_facts() -> None:
    with pytest.raises(ValueError, match="aws:ec2/vpc:Vpc vpc-1 is no cluster"):
        facts_of(Stored("aws:ec2/vpc:Vpc", "vpc-1", GCP, {}, {}))


# --- addresses ------------------------------------------------------------------------------------------------------------------------


def test_an_address_is_chosen_once_and_each_cluster_has_its_own(tmp_path: Path) -> None:
    first, second = (places.allot(tmp_path, f"{UID}-{name}") for name in ("a", "b"))
    assert places.allot(tmp_path, first.uid) == first
    assert first.address != second.address and first.address.startswith("127.")
    assert first.certificate_authority() != second.certificate_authority()


def test_a_taken_port_is_not_chosen(tmp_path: Path) -> None:
    import socket

    wanted = places.allot(tmp_path, UID)
    places.forget(wanted)
    with socket.create_server((wanted.address, wanted.port)):
        other = places.allot(tmp_path, UID)
    assert other.address == wanted.address and other.port != wanted.port


# --- programs -------------------------------------------------------------------------------------------------------------------------


def test_a_program_that_keeps_dying_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    program = Program("dies", tmp_path, ("/bin/sh", "-c", "echo no port left; exit 1"), tmp_path)
    guard = Guard()
    for _ in range(RESTARTS + 1):
        assert guard.ensure(program)
        assert guard.process is not None
        guard.process.wait(timeout=10)
    with pytest.raises(RuntimeProblem, match=rf"dies ended {RESTARTS} times within 120 s and is left alone(?s:.*)no port left"):
        guard.ensure(program)
    guard.forgive()
    assert guard.ensure(program) and guard.process is not None
    processes.stop([guard.process])


def test_ends_before_what_it_needs_was_started_anew_do_not_count(tmp_path: Path) -> None:
    program = Program("dies", tmp_path, ("/bin/false",), tmp_path)
    needed, guard = Guard(), Guard()
    for _ in range(2 * RESTARTS):
        needed.started = time.monotonic()
        assert guard.ensure(program, needed.started)
        assert guard.process is not None
        guard.process.wait(timeout=10)
    for _ in range(RESTARTS):
        assert guard.ensure(program, needed.started)
        assert guard.process is not None
        guard.process.wait(timeout=10)
    with pytest.raises(RuntimeProblem, match="is left alone"):
        guard.ensure(program, needed.started)


def test_a_program_is_ended_that_is_older_than_what_it_needs(tmp_path: Path) -> None:
    guard = Guard()
    guard.ensure(Program("runs", tmp_path, ("/bin/sleep", "600"), tmp_path))
    guard.end_older(guard.started)
    assert guard.is_alive()
    guard.end_older(time.monotonic())
    assert not guard.is_alive()


def test_a_program_with_another_command_is_run_anew(tmp_path: Path) -> None:
    program = Program("runs", tmp_path, ("/bin/sleep", "600"), tmp_path)
    guard = Guard()
    assert guard.ensure(program) and not guard.ensure(program)
    first = guard.process
    assert first is not None and guard.ensure(replace(program, command=("/bin/sleep", "601")))
    assert not processes.is_alive(first) and guard.is_alive()
    until(lambda: list(processes.running(tmp_path)) == [program.mark], "its mark, which is not to be read in its first moment")
    assert guard.process is not None
    processes.stop([guard.process])
    assert processes.running(tmp_path) == {}


def test_a_program_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeProblem, match="gone cannot be run: .*No such file"):
        Guard().ensure(Program("gone", tmp_path, (str(tmp_path / "gone"),), tmp_path))
