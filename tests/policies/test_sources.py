"""The policies' own files: OPA's strict checks, its formatter and the library's tests find nothing, and the reference is fresh."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fleet.policies.policy import read_policies
from fleet.policies.problem import PolicyProblem
from fleet.policies.reference import PAGE, render
from tests.policies.cases import PLACE, POLICIES, ROOT
from tests.policies.gates import opa

REGO = ["lib", *(f"{policy.id}/policy.rego" for policy in POLICIES)]


@pytest.mark.parametrize(
    "words", [["check", "--strict", *REGO], ["fmt", "--fail", "--list", *REGO], ["test", *REGO]], ids=lambda words: words[0]
)
def test_opa_finds_nothing(words: list[str]) -> None:
    done = subprocess.run([str(opa()), *words], cwd=PLACE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_reference_is_fresh() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == render(POLICIES), "run `python -m fleet.policies.reference`"


def test_there_are_the_five_and_each_denies_on_documented_grounds() -> None:
    expected = {"deletion-protection", "encryption-with-rotated-keys", "no-public-endpoint", "region-within-jurisdiction", "three-zones"}
    assert {policy.id for policy in POLICIES} == expected
    for policy in POLICIES:
        assert policy.action == "deny"
        assert all(source.startswith("https://") for source in policy.source.split(", "))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: three-zones", "id: three-zone", '"three-zone" is not the name of its folder'),
        ("cluster: [zones]", "cluster: [zone]", 'facts.cluster: "zone" is not a fact of it. Did you mean "zones"?'),
        ("default: 3", "default: three", "parameters.zones.default"),
        ("action: deny", "action: block", "action"),
    ],
)
def test_a_policy_that_is_not_whole_is_named_with_what_is_wrong(old: str, new: str, said: str, tmp_path: Path) -> None:
    own = tmp_path / "policies" / "three-zones"
    own.mkdir(parents=True)
    text = (PLACE / "three-zones" / "policy.yaml").read_text()
    assert old in text
    (own / "policy.yaml").write_text(text.replace(old, new))
    (own / "policy.rego").touch()
    with pytest.raises(PolicyProblem) as error:
        read_policies(tmp_path / "policies")
    assert "policies/three-zones/policy.yaml" in str(error.value) and said in str(error.value)


def test_a_missing_folder_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(PolicyProblem, match="does not exist"):
        read_policies(tmp_path / "policies")
