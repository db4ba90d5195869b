"""Each refused kind at the provider's gRPC level: the bad one is refused in its phase with the cloud's code, its good twin passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from test_refusals_table import Case, Planned, cases

from sandbox.cloud import judges, models
from sandbox.cloud.constraints import registry
from sandbox.cloud.database import open_store
from sandbox.cloud.models.faults import resolve
from sandbox.cloud.protocol import provider_pb2, provider_pb2_grpc
from sandbox.cloud.request import UNKNOWN, Caller, Phase, Refusal, Request
from sandbox.cloud.service import Clouds
from sandbox.cloud.servicer import Provider
from sandbox.cloud.store import StoreView
from sandbox.cloud.values import plain, wire
from sandbox.cloud.view import View

SETTINGS = {
    "aws": {"region": "eu-west-1", "allowedAccountIds": '["111111111111"]'},
    "gcp": {"project": "acme-test", "region": "europe-west4"},
}


CALLERS = {
    "aws": Caller("aws", "111111111111", "eu-west-1", "arn:aws:iam::111111111111:root"),
    "gcp": Caller("gcp", "acme-test", "europe-west4", "deployer@acme-test.iam.gserviceaccount.com"),
}
PHASES: tuple[Phase, ...] = ("check", "create", "update", "delete")


class Refused(Exception):
    """phase: where the provider refused; properties: those at fault; text: all it said."""

    def __init__(self, phase: str, properties: list[str], text: str) -> None:
        super().__init__(text)
        self.phase = phase
        self.properties = properties
        self.text = text


@dataclass(frozen=True)
class Made:
    id: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Engine:
    """The engine's side of one provider: Check, then Create, Update or Delete, as the engine calls them."""

    stubs: Mapping[str, Any]

    def make(self, type: str, name: str, inputs: Mapping[str, Any]) -> Made:
        checked = self.check(type, name, inputs)
        request = provider_pb2.CreateRequest(urn=_urn(type, name), properties=wire(checked))
        answer = self._call(type, "create", "Create", request)
        return Made(answer.id, {**plain(answer.properties), "id": answer.id})

    def change(self, type: str, name: str, made: Made, before: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        checked = self.check(type, name, inputs, before)
        request = provider_pb2.UpdateRequest(
            urn=_urn(type, name), id=made.id, olds=wire(made.outputs), news=wire(checked), old_inputs=wire(before)
        )
        self._call(type, "update", "Update", request)

    def remove(self, type: str, name: str, made: Made) -> None:
        request = provider_pb2.DeleteRequest(urn=_urn(type, name), id=made.id, properties=wire(made.outputs))
        self._call(type, "delete", "Delete", request)

    def check(self, type: str, name: str, inputs: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        request = provider_pb2.CheckRequest(urn=_urn(type, name), olds=wire(olds or {}), news=wire(inputs), randomSeed=b"seed")
        answer = self._stub(type).Check(request)
        if answer.failures:
            reasons = "\n".join(f"{failure.property}: {failure.reason}" for failure in answer.failures)
            raise Refused("check", [failure.property for failure in answer.failures], reasons)
        return plain(answer.inputs)

    def _call(self, type: str, phase: str, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub(type), method)(request)
        except grpc.RpcError as error:
            raise Refused(phase, [], str(error.details())) from error

    def _stub(self, type: str) -> Any:
        return self.stubs[type.split(":")[0]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    clouds = Clouds(open_store(tmp_path))
    servers, channels, stubs = [], [], {}
    for cloud, setting in SETTINGS.items():
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(clouds, cloud, _no_crash, lambda seconds: None), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        stubs[cloud] = provider_pb2_grpc.ResourceProviderStub(channel)
        stubs[cloud].Configure(provider_pb2.ConfigureRequest(args=wire(setting)))
        servers.append(server)
        channels.append(channel)
    yield Engine(stubs)
    for channel in channels:
        channel.close()
    for server in servers:
        server.stop(grace=None).wait()


def _no_crash(fault: object) -> None:
    raise AssertionError("no fault was injected")


def _urn(type: str, name: str) -> str:
    return f"urn:pulumi:test::refusals::{type}::{name}"


def _resolved(value: Any, made: Mapping[str, Made]) -> Any:
    if isinstance(value, Mapping):
        return {key: _resolved(each, made) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, made) for each in value]
    if isinstance(value, str) and value.startswith("${"):
        name, output = value[2:-1].split(".", 1)
        return made[name].outputs[output]
    return value


def play(engine: Engine, case: Case, inputs: Mapping[str, Any], users: Mapping[str, Planned]) -> None:
    """Make the scenery, then do what the case does with one of its twins."""
    made: dict[str, Made] = {}
    _make_all(engine, case, case.scenery, made)
    wanted, before = _resolved(inputs, made), _resolved(case.before, made)
    it = engine.make(case.type, case.name, before if case.phase == "update" else wanted)
    _make_all(engine, case, users, {**made, "it": it})
    if case.phase == "update":
        engine.change(case.type, case.name, it, before, wanted)
    elif case.phase == "delete":
        engine.remove(case.type, case.name, it)


def _make_all(engine: Engine, case: Case, resources: Mapping[str, Planned], made: dict[str, Made]) -> None:
    for name, planned in resources.items():
        made[name] = engine.make(planned.type, f"{case.name}-{name}", _resolved(planned.inputs, made))


def _codes_at_check(case: Case) -> set[str]:
    """The codes that the API would answer with: the providers do not say them where they refuse by themselves."""
    request = Request(case.type, _urn(case.type, case.name), "check", CALLERS[case.type.split(":")[0]], _not_made_yet(case.bad))
    return {refusal.code for refusal in models.refusals(request)}


def _not_made_yet(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _not_made_yet(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_not_made_yet(each) for each in value]
    return UNKNOWN if isinstance(value, str) and value.startswith("${") else value


def _id(case: Case) -> str:
    return f"{case.name} {case.kind}"


@pytest.mark.parametrize("case", cases(), ids=_id)
def test_a_good_twin_passes(engine: Engine, case: Case) -> None:
    play(engine, case, case.good, case.good_users)


@pytest.mark.parametrize("case", cases(), ids=_id)
def test_a_bad_one_is_refused_in_its_phase_with_the_clouds_code(engine: Engine, case: Case) -> None:
    with pytest.raises(Refused) as refused:
        play(engine, case, case.bad, case.bad_users)
    assert refused.value.phase == case.phase, refused.value.text
    if case.phase == "check":
        assert case.property in refused.value.properties
        assert case.fault is None or _codes_at_check(case) == {resolve(case.fault)[0]}
    elif case.fault is not None:
        code, status = resolve(case.fault)
        assert code in refused.value.text
        assert str(status) in refused.value.text
        assert not case.property or f"(property {case.property})" in refused.value.text


def test_every_constraint_is_tripped_by_some_case(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tripped: set[str] = set()

    def judging(type: str, phase: Phase) -> tuple[registry.Constraint, ...]:
        return tuple(replace(each, judge=_recorded(each, tripped)) for each in judging_before(type, phase))

    judging_before = registry.judging
    monkeypatch.setattr(registry, "judging", judging)
    for case in cases():
        with pytest.raises(Refused):
            play(engine, case, case.bad, case.bad_users)
    elsewhere = {"aws.role_policy_quota"}  # test_constraints.py
    assert {each.name for each in registry.constraints()} - tripped == elsewhere


def _recorded(constraint: registry.Constraint, tripped: set[str]) -> Callable[[Request, StoreView], list[Refusal]]:
    def judge(request: Request, store: StoreView) -> list[Refusal]:
        found = list(constraint.judge(request, store))
        tripped.update([constraint.name] if found else [])
        return found

    return judge


ODD_STRINGS = ("", "x", "arn:", "arn:aws:iam", "1.x", "latest", "10.0.0.0", "10.0.0.0/99", "2026-13-01T00:00:00Z", "projects/p")
ODD_NUMBERS = (-1, 0, 10**9)


@pytest.mark.parametrize("case", cases(), ids=_id)
def test_an_odd_value_is_refused_or_not_but_breaks_no_constraint(tmp_path: Path, engine: Engine, case: Case) -> None:
    made: dict[str, Made] = {}
    _make_all(engine, case, case.scenery, made)
    view = View(open_store(tmp_path), CALLERS[case.type.split(":")[0]])
    for inputs in _odd(_resolved(case.good, made)):
        for phase in PHASES:
            request = Request(case.type, _urn(case.type, case.name), phase, CALLERS[case.type.split(":")[0]], inputs, "id", inputs, inputs)
            assert all(refusal.code and refusal.reason for refusal in judges.refusals(request, view))


def _odd(value: Any) -> Iterator[Any]:
    """Copies of a value, each with one string or number of another kind of nonsense."""
    if isinstance(value, dict):
        for key, below in value.items():
            for copy in _odd(below):
                yield {**value, key: copy}
    elif isinstance(value, list):
        for index, below in enumerate(value):
            for copy in _odd(below):
                yield [*value[:index], copy, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from ODD_STRINGS
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from ODD_NUMBERS
