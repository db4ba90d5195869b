"""The clouds and whoever runs their clusters: addresses in the answers, every change settled, what is not healthy said to the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import pytest

from sandbox.cloud.clusters import Address
from sandbox.cloud.protocol import provider_pb2, status_pb2
from sandbox.cloud.request import Stored, Unknown
from sandbox.kubernetes.facts import EKS_CLUSTER, GKE_CLUSTER, value
from tests.sandbox.cloud_client import AWS, GCP, ROLE, SUBNET, VPC, Client, Values, serving

STATEMENT = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
GKE: Values = {"name": "core", "location": "europe-west4", "initialNodeCount": 1, "deletionProtection": False}


@dataclass
class Runs:
    """Stands for the supervisor. asked: the clusters an address was wanted for; settled: what was to be brought in; ails: what it says."""

    asked: list[str] = field(default_factory=list)
    settled: list[tuple[str, str]] = field(default_factory=list)
    ails: str = ""

    def address(self, uid: str) -> Address:
        self.asked.append(uid)
        return Address("127.70.1.2:6443", "QUJD")

    def settle(self, changed: Stored) -> str:
        self.settled.append((changed.type, changed.id))
        return self.ails


def eks(client: Client) -> Values:
    """Inputs of an EKS cluster, with what it needs made."""
    vpc = client.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"}).id
    subnets = [
        client.create(SUBNET, zone, {"vpcId": vpc, "cidrBlock": f"10.0.{number}.0/24", "availabilityZoneId": zone}).id
        for number, zone in enumerate(("euw1-az1", "euw1-az2"))
    ]
    role = client.create(ROLE, "r", {"assumeRolePolicy": TRUST}).outputs["arn"]
    return {"name": "core", "roleArn": role, "version": "1.35", "vpcConfig": {"subnetIds": subnets}}


def test_an_eks_cluster_answers_where_its_api_server_does(tmp_path: Path) -> None:
    runs = Runs()
    with serving(tmp_path, "aws", AWS, runs) as client:
        inputs = eks(client)
        _, preview = client.preview(EKS_CLUSTER, "core", inputs)
        assert isinstance(preview["endpoint"], Unknown) and runs.asked == []
        made = client.create(EKS_CLUSTER, "core", inputs)
        assert (made.outputs["endpoint"], made.outputs["certificateAuthority"]) == ("https://127.70.1.2:6443", {"data": "QUJD"})
        assert set(runs.asked) == {made.outputs["arn"]}
        again = client.update(made, {**inputs, "tags": {"a": "b"}})
        client.delete(again)
    assert again.outputs["endpoint"] == made.outputs["endpoint"]
    assert runs.settled[-3:] == [(EKS_CLUSTER, "core")] * 3


def test_a_gke_cluster_gives_host_and_port_alone(tmp_path: Path) -> None:
    runs = Runs()
    with serving(tmp_path, "gcp", GCP, runs) as client:
        made = client.create(GKE_CLUSTER, "core", GKE)
    assert (made.outputs["endpoint"], value(made.outputs, "masterAuth", "clusterCaCertificate")) == ("127.70.1.2:6443", "QUJD")
    assert set(runs.asked) == {made.id} and runs.settled == [(GKE_CLUSTER, made.id)]


def test_without_anybody_behind_them_clusters_have_an_address_that_nobody_answers(tmp_path: Path) -> None:
    with serving(tmp_path, "aws", AWS) as client:
        made = client.create(EKS_CLUSTER, "core", eks(client))
    assert str(made.outputs["endpoint"]).endswith(".gr7.eu-west-1.eks.amazonaws.com")


def test_what_does_not_come_up_is_kept_with_the_reason(tmp_path: Path) -> None:
    runs = Runs(ails="the cluster core is not ready: no memory")
    with serving(tmp_path, "gcp", GCP, runs) as client:
        with pytest.raises(grpc.RpcError) as failed:
            client.create(GKE_CLUSTER, "core", GKE)
        assert len(client.store.all(GKE_CLUSTER)) == 1
    metadata = {item.key: item.value for item in failed.value.trailing_metadata()}
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(metadata["grpc-status-details-bin"]).details[0].Unpack(detail)
    assert list(detail.reasons) == ["the cluster core is not ready: no memory"]


def test_a_deletion_that_leaves_something_running_is_an_error(tmp_path: Path) -> None:
    runs = Runs()
    with serving(tmp_path, "gcp", GCP, runs) as client:
        made = client.create(GKE_CLUSTER, "core", GKE)
        runs.ails = "etcd does not answer"
        with pytest.raises(grpc.RpcError, match="etcd does not answer"):
            client.delete(made)
        runs.ails = ""
        client.delete(made)
