"""Armed faults: which call they hit, and what the engine and the store are left with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from sandbox.cloud.faults import Fault, arm, armed, disarm
from sandbox.cloud.protocol import provider_pb2, status_pb2
from tests.sandbox.cloud_client import AWS, GCP, NETWORK, SUBNET, VPC, Client, Made, serving

RANGE = {"cidrBlock": "10.0.0.0/16"}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Client]:
    with serving(tmp_path, "aws", AWS) as client:
        yield client


@pytest.mark.parametrize(
    ("fault", "made", "text"),
    [
        (Fault("throttle"), 0, "ThrottlingException: Rate exceeded"),
        (Fault("error"), 0, "ServerException"),
        (Fault("timeout"), 1, "timeout while waiting for state to become 'ACTIVE'"),
        (Fault("partial"), 1, "CREATE_FAILED"),
    ],
)
def test_a_fault_at_create_says_so_and_has_done_what_it_says(aws: Client, tmp_path: Path, fault: Fault, made: int, text: str) -> None:
    arm(tmp_path, fault)
    with pytest.raises(grpc.RpcError, match=text):
        aws.create(VPC, "main", RANGE)
    assert len(aws.store.all(VPC)) == made
    aws.create(VPC, "main", RANGE)
    assert len(aws.store.all(VPC)) == made + 1


def test_a_partly_made_resource_is_reported_with_its_id_and_what_is_wrong(aws: Client, tmp_path: Path) -> None:
    arm(tmp_path, Fault("partial"))
    with pytest.raises(grpc.RpcError) as failed:
        aws.create(VPC, "main", RANGE)
    metadata = {item.key: item.value for item in failed.value.trailing_metadata()}
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, len(detail.reasons)) == (aws.store.all(VPC)[0].id, 1)


def test_a_partly_made_resource_stays_ill_until_it_is_updated(aws: Client, tmp_path: Path) -> None:
    arm(tmp_path, Fault("partial"))
    with pytest.raises(grpc.RpcError):
        aws.create(VPC, "main", RANGE)
    stored = aws.store.all(VPC)[0]
    with pytest.raises(grpc.RpcError, match="CREATE_FAILED"):
        aws.read(VPC, stored.id, stored.inputs)
    aws.update(Made(VPC, "main", stored.id, dict(stored.inputs), dict(stored.outputs)), RANGE)
    assert aws.read(VPC, stored.id, stored.inputs).id == stored.id


def test_a_fault_hits_its_type_and_operation_only(aws: Client, tmp_path: Path) -> None:
    arm(tmp_path, Fault("error", type=SUBNET))
    arm(tmp_path, Fault("error", type=VPC, operation="delete"))
    made = aws.create(VPC, "main", RANGE)
    with pytest.raises(grpc.RpcError, match="deleting EC2 VPC"):
        aws.delete(made)
    assert len(aws.store.all(VPC)) == 1


def test_a_fault_lets_calls_pass_before_it_and_hits_as_often_as_told(aws: Client, tmp_path: Path) -> None:
    arm(tmp_path, Fault("error", skip=1, times=2))
    outcomes = []
    for _ in range(4):
        try:
            aws.create(VPC, "main", RANGE)
            outcomes.append("made")
        except grpc.RpcError:
            outcomes.append("failed")
    assert outcomes == ["made", "failed", "failed", "made"]


@pytest.mark.parametrize(
    ("kind", "made"), [("crash-provider-before", 0), ("crash-provider-after", 1), ("crash-before", 0), ("crash-after", 1)]
)
def test_a_crash_comes_before_or_after_the_work(aws: Client, tmp_path: Path, kind: str, made: int) -> None:
    fault = Fault(kind)  # type: ignore[arg-type]
    arm(tmp_path, fault)
    with pytest.raises(grpc.RpcError):
        aws.create(VPC, "main", RANGE)
    assert aws.crashes == [fault]
    assert len(aws.store.all(VPC)) == made


def test_a_delay_waits_and_then_goes_on(aws: Client, tmp_path: Path) -> None:
    arm(tmp_path, Fault("delay", seconds=2.5))
    aws.create(VPC, "main", RANGE)
    assert aws.waits == [2.5]


def test_gcp_throttles_in_its_own_words(tmp_path: Path) -> None:
    arm(tmp_path, Fault("throttle"))
    with serving(tmp_path, "gcp", GCP) as gcp, pytest.raises(grpc.RpcError, match="googleapi: Error 429: .*, rateLimitExceeded"):
        gcp.create(NETWORK, "main", {})


def test_faults_can_be_listed_and_taken_away(tmp_path: Path) -> None:
    fault = Fault("delay", VPC, "update", skip=2, times=3, seconds=1.0)
    arm(tmp_path, fault)
    assert armed(tmp_path) == [fault]
    disarm(tmp_path)
    assert armed(tmp_path) == []


def test_a_kind_or_operation_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="kinds are throttle"):
        arm(tmp_path, Fault("explode"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="operations check"):
        arm(tmp_path, Fault("error", operation="dig"))  # type: ignore[arg-type]
