"""The constraints as a whole: each is found, documented, sourced, tripped by some case, and silent about what is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from test_models import declared
from test_refusals_table import Case, cases

from sandbox.cloud import constraints, models, sdk
from sandbox.cloud.constraints import registry
from sandbox.cloud.constraints.policies import allows
from sandbox.cloud.constraints.shared import in_use, missing_reference, name_taken
from sandbox.cloud.database import open_store
from sandbox.cloud.models.faults import Fault, resolve
from sandbox.cloud.request import UNKNOWN, Caller, Request, Stored
from sandbox.cloud.view import View

CALLERS = {
    "aws": Caller("aws", "111111111111", "eu-west-1", "arn:aws:iam::111111111111:root"),
    "gcp": Caller("gcp", "acme-test", "europe-west4", "deployer@acme-test.iam.gserviceaccount.com"),
}


def test_every_constraint_says_its_rule_and_where_it_is_written() -> None:
    for constraint in registry.constraints():
        assert "Rule" in constraint.rule, constraint.name
        assert "http" in constraint.rule or "tables/" in constraint.rule or ".v1" in constraint.rule or ".go" in constraint.rule, (
            constraint.name
        )
        assert "rror" in constraint.rule, constraint.name


def test_every_fault_of_a_constraint_is_one_that_its_cloud_publishes() -> None:
    faults = [fault for constraint in registry.constraints() for fault in _faults(vars(registry.module(constraint.name)))]
    tables = [missing_reference.references(), name_taken.keys(), in_use.needs()]
    faults += [row.fault for table in tables for rows in table.values() for row in rows]
    assert len(faults) > 100
    for fault in faults:
        code, status = resolve(fault)
        assert code and 400 <= status < 500, fault


def test_every_row_of_a_table_names_properties_that_the_sdk_declares() -> None:
    rows = [(type, row.property) for type, found in missing_reference.references().items() for row in found]
    rows += [(type, name) for type, found in name_taken.keys().items() for row in found for name in (*row.needed, *row.optional)]
    rows += [(row.user, row.property) for found in in_use.needs().values() for row in found]
    assert len(rows) > 120
    assert [row for row in rows if not declared(*row)] == []
    for found in missing_reference.references().values():
        for reference in found:
            outputs = sdk.declaration(reference.target).outputs
            assert all(key in ("id", "link", "account") or key in outputs for key in reference.keys), reference


def _faults(names: Mapping[str, object]) -> Iterator[Fault]:
    for value in names.values():
        for each in value.values() if isinstance(value, dict) else (value,):
            found = getattr(each, "fault", each)
            if isinstance(found, Fault):
                yield found


def test_an_error_that_no_model_has_is_not_made_up() -> None:
    with pytest.raises(LookupError, match="NoSuchException"):
        resolve(Fault("eks", "CreateCluster", "NoSuchException"))
    with pytest.raises(LookupError, match="CreateClusters"):
        resolve(Fault("eks", "CreateClusters", "InvalidParameterException"))
    with pytest.raises(LookupError, match=r"clusters\.make"):
        resolve(Fault("container.v1", "container.projects.locations.clusters.make", "ALREADY_EXISTS"))


@dataclass
class Clouds:
    """A store without a server: what is put in it is there."""

    view: View

    def put(self, type: str, id: str, outputs: Mapping[str, Any]) -> Stored:
        caller = CALLERS[type.split(":")[0]]
        owner = replace(caller, region="" if type.startswith(("aws:iam/", "gcp:")) else caller.region)
        return self.view.store.insert(Stored(type, id, owner, dict(outputs), dict(outputs)))

    def refusals(self, type: str, phase: Any, inputs: Mapping[str, Any], held: Stored | None = None) -> set[str]:
        """The codes of the refusals."""
        caller = CALLERS[type.split(":")[0]]
        known = (held.id, held.inputs, held.outputs) if held else ("", None, None)
        request = Request(type, "urn", phase, caller, inputs, *known)
        return {refusal.code for refusal in constraints.refusals(request, replace(self.view, caller=caller))}


@pytest.fixture
def clouds(tmp_path: Path) -> Clouds:
    return Clouds(View(open_store(tmp_path), None))


def _unknown_at_each_leaf(value: Any) -> Iterator[Any]:
    """Copies of a value, each with one leaf, list or map unknown."""
    yield UNKNOWN
    if isinstance(value, dict):
        for key, below in value.items():
            for copy in _unknown_at_each_leaf(below):
                yield {**value, key: copy}
    elif isinstance(value, list):
        for index, below in enumerate(value):
            for copy in _unknown_at_each_leaf(below):
                yield [*value[:index], copy, *value[index + 1 :]]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.name} {case.kind}")
def test_a_value_that_is_not_known_yet_is_never_refused(case: Case, clouds: Clouds) -> None:
    caller = CALLERS[case.type.split(":")[0]]
    for inputs in _unknown_at_each_leaf(_known(dict(case.good))):
        if inputs is UNKNOWN:
            continue
        check = Request(case.type, "urn", "check", caller, inputs)
        assert models.refusals(check) == [], inputs
        create = replace(check, phase="create")
        known = {refusal.property for refusal in constraints.refusals(create, replace(clouds.view, caller=caller))}
        empty = constraints.refusals(replace(create, inputs=_known(dict(case.good))), replace(clouds.view, caller=caller))
        assert known <= {refusal.property for refusal in empty}, inputs


def _known(value: Any) -> Any:
    """References to the scenery as values that are not known yet: as in the first preview of a program."""
    if isinstance(value, dict):
        return {key: _known(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_known(below) for below in value]
    return UNKNOWN if isinstance(value, str) and value.startswith("${") else value


def test_an_eleventh_policy_of_a_role_is_refused(clouds: Clouds) -> None:
    clouds.put("aws:iam/role:Role", "nodes", {"name": "nodes"})
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    for number in range(10):
        inputs = {"role": "nodes", "policyArn": f"arn:aws:iam::aws:policy/P{number}"}
        assert clouds.refusals(attachment, "create", inputs) == set()
        clouds.put(attachment, f"nodes-{number}", inputs)
    assert clouds.refusals(attachment, "create", {"role": "nodes", "policyArn": "arn:aws:iam::aws:policy/P10"}) == {"LimitExceeded"}


def test_a_name_is_free_in_another_region_and_taken_in_its_own_whatever_its_case(clouds: Clouds) -> None:
    clouds.put("aws:kms/alias:Alias", "alias/a", {"name": "alias/a", "targetKeyId": "k"})
    clouds.put("aws:iam/role:Role", "Deployer", {"name": "Deployer"})
    alias = {"name": "alias/a"}
    assert clouds.refusals("aws:kms/alias:Alias", "create", alias) == {"AlreadyExistsException"}
    elsewhere = Request("aws:kms/alias:Alias", "urn", "create", replace(CALLERS["aws"], region="us-east-1"), alias)
    assert constraints.refusals(elsewhere, replace(clouds.view, caller=elsewhere.caller)) == []
    assert clouds.refusals("aws:iam/role:Role", "create", {"name": "deployer"}) == {"EntityAlreadyExists"}


def test_what_google_never_deletes_keeps_its_name(clouds: Clouds) -> None:
    ring = {"name": "ring", "location": "europe-west4", "project": "acme-test"}
    stored = clouds.put("gcp:kms/keyRing:KeyRing", "projects/acme-test/locations/europe-west4/keyRings/ring", ring)
    clouds.view.store.update(replace(stored, kept="NEVER_DELETED"))
    assert clouds.refusals("gcp:kms/keyRing:KeyRing", "create", ring) == {"alreadyExists"}
    assert clouds.refusals("gcp:kms/keyRing:KeyRing", "create", {**ring, "location": "us-east1"}) == set()


def test_what_aws_makes_by_itself_may_be_referred_to(clouds: Clouds) -> None:
    clouds.put("aws:eks/cluster:Cluster", "core", {"name": "core", "vpcConfig": {"clusterSecurityGroupId": "sg-1"}})
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"}
    assert clouds.refusals("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "create", rule) == set()
    other = {**rule, "securityGroupId": "sg-2"}
    assert clouds.refusals("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "create", other) == {"InvalidGroup.NotFound"}


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}, True),
        ({"Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "eks.amazonaws.com"]}, "Action": ["sts:*"]}, True),
        ({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}, True),
        ({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}, False),
        ({"Effect": "Deny", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}, False),
        ({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:TagSession"}, False),
    ],
)
def test_a_trust_policy_is_read_as_iam_reads_it(statement: Mapping[str, Any], allowed: bool) -> None:
    for document in ({"Statement": [statement]}, {"Statement": statement}):
        assert allows(json.dumps(document), "eks.amazonaws.com", ["sts:AssumeRole"]) is allowed
        assert allows(document, "eks.amazonaws.com", ["sts:AssumeRole"]) is allowed


def test_a_deny_beside_an_allow_wins() -> None:
    def statement(effect: str) -> dict[str, Any]:
        return {"Effect": effect, "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}

    assert not allows({"Statement": [statement("Allow"), statement("Deny")]}, "eks.amazonaws.com", ["sts:AssumeRole"])


def test_a_module_that_is_no_constraint_is_named_with_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "module", lambda name: ModuleType(name))
    registry.constraints.cache_clear()
    try:
        with pytest.raises(TypeError, match=r"shared/in_use\.py is no constraint: it lacks __doc__, TYPES, PHASES, refusals"):
            registry.constraints()
    finally:
        registry.constraints.cache_clear()
