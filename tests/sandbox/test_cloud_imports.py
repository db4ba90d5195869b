"""Reading by the ids that the providers' documentation gives for import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cloud import sdk
from sandbox.cloud.database import Store, open_store
from sandbox.cloud.identity import generate, identity, is_generated
from sandbox.cloud.request import Caller, Stored
from tests.sandbox.cloud_client import AWS, GCP, KEY_RING, NETWORK, VPC, Values, serving

AWS_CALLER = Caller("aws", "111111111111", "eu-west-1", "")
GKE, POOL, MEMBER = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
PLACE = "projects/acme-dev/locations/europe-west4"
GCP_CALLER = Caller("gcp", "acme-dev", "europe-west4", "")


def hold(store: Store, type: str, id: str, values: Values) -> None:
    caller = GCP_CALLER if type.startswith("gcp:") else replace(AWS_CALLER, region="") if type.startswith("aws:iam/") else AWS_CALLER
    store.insert(Stored(type, id, caller, values, values))


@pytest.mark.parametrize(
    ("type", "id", "values", "asked"),
    [
        ("aws:eks/nodeGroup:NodeGroup", "core:a", {"clusterName": "core", "nodeGroupName": "a"}, "core:a"),
        ("aws:eks/addon:Addon", "core:vpc-cni", {"clusterName": "core", "addonName": "vpc-cni"}, "core:vpc-cni"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "a-0123", {"clusterName": "core"}, "core,a-0123"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "rtbassoc-1", {"subnetId": "s-1", "routeTableId": "rtb-1"}, "s-1/rtb-1"),
        ("aws:ec2/route:Route", "r-rtb-11", {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}, "rtb-1_0.0.0.0/0"),
        ("aws:ec2/subnetCidrReservation:SubnetCidrReservation", "scr-1", {"subnetId": "subnet-1"}, "subnet-1:scr-1"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "r-9", {"role": "r", "policyArn": "arn:iam::P/Q"}, "r/arn:iam::P/Q"),
        (NETWORK, "projects/acme-dev/global/networks/n", {"name": "n"}, "acme-dev/n"),
        (NETWORK, "projects/acme-dev/global/networks/n", {"name": "n"}, "n"),
        (GKE, f"{PLACE}/clusters/c", {"name": "c", "location": "europe-west4"}, "europe-west4/c"),
        (POOL, f"{PLACE}/clusters/c/nodePools/p", {"name": "p", "location": "europe-west4", "cluster": f"{PLACE}/clusters/c"},
         "acme-dev/europe-west4/c/p"),
        (MEMBER, "k/roles/x/user:a", {"cryptoKeyId": "k", "role": "roles/x", "member": "user:a"}, "k roles/x user:a"),
    ],
)  # fmt: skip
def test_an_import_id_finds_the_resource(tmp_path: Path, type: str, id: str, values: dict[str, object], asked: str) -> None:
    cloud = type.split(":")[0]
    with serving(tmp_path, cloud, AWS if cloud == "aws" else GCP) as client:
        hold(client.store, type, id, values)
        found = client.read(type, asked)
    assert (found.id, found.inputs) == (id, values)


def test_an_import_id_of_nothing_finds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, "gcp", GCP) as client:
        hold(client.store, KEY_RING, "projects/acme-dev/locations/europe-west4/keyRings/r", {"name": "r", "location": "europe-west4"})
        assert client.read(KEY_RING, "europe-west1/r").id == ""


def test_another_account_s_resource_is_not_found(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.insert(Stored(VPC, "vpc-1", Caller("aws", "222222222222", "eu-west-1", ""), {}, {}))
    store.close()
    with serving(tmp_path, "aws", AWS) as client:
        assert client.read(VPC, "vpc-1").id == ""


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_type_has_an_identity(cloud: str) -> None:
    for token in sorted(sdk.package(cloud).classes)[::40]:
        known = identity(token)
        assert is_generated(known.id) or "{" in known.id, token


def test_generated_ids_are_the_same_for_the_same_creation_and_differ_otherwise() -> None:
    assert generate("vpc-#", VPC, 1) == generate("vpc-#", VPC, 1) != generate("vpc-#", VPC, 2)
