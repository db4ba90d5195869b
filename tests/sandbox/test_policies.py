"""The policy pack under the real engine: what breaks a policy is stopped at preview, what cannot be decided is shown and decided later."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsal import ROOT, Rehearsal, events

STACK = "dev"
PREVIEW = ("env", "PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true", "pulumi", "preview", "--json", "-s", STACK, "--policy-pack", "policies")
EKS, GKE, VPC = "core-dev-eu-west-1", "core-dev-europe-west4", "dev-eu-west-1"
PLANTED = (
    ("endpoint: private }", "endpoint: public, publicCidrs: [203.0.113.0/24] }"),
    ("eu-west-1: { jurisdiction: EU }", "eu-west-1: { jurisdiction: US, settings: { zones: [euw1-az1, euw1-az2] } }"),
    (
        "clusters:",
        """policies:
  no-public-endpoint: { parameters: { protectedEnvironments: [dev] } }
  deletion-protection: { parameters: { protectedEnvironments: [dev] } }
  encryption-with-rotated-keys: { parameters: { maxRotationDays: 60 } }
clusters:""",
    ),
)
LINES = {
    "no-public-endpoint": "endpoint: public",
    "deletion-protection": "accounts:",
    "region-within-jurisdiction": "jurisdiction: US",
    "three-zones": "zones: [",
    "encryption-with-rotated-keys": "maxRotationDays",
}
"""Policy -> what stands in the line of the planted fleet.yaml that breaks it."""
VIOLATED = {
    "no-public-endpoint": ({EKS, GKE}, "Set controlPlane.endpoint to private."),
    "deletion-protection": ({EKS, GKE}, "Set `protect: true` in the environment."),
    "region-within-jurisdiction": ({EKS, VPC, f"{EKS}-key", f"{VPC}-key", "beside-first", "beside-second"}, "Choose a region there"),
    "three-zones": ({EKS}, "Name more in `zones`."),
    "encryption-with-rotated-keys": ({f"{EKS}-key", f"{VPC}-key", GKE, "beside-first", "beside-second"}, "Rotate it at least every 60."),
}
"""Policy -> the resources that then break it, and what to do about each."""
Told = dict[tuple[str, str], dict[str, str]]


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    repository = tmp_path / "repository"
    for name in ("components", "fleet", "policies", "toolchain"):
        shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
    own = Path(__file__).parent / "policed_fleet"
    shutil.copy(ROOT / "Pulumi.yaml", repository)
    shutil.copy(own / "fleet.yaml", repository)
    (repository / "__main__.py").write_text((ROOT / "__main__.py").read_text() + "\n" + (own / "beside.py").read_text())
    made = Rehearsal(tmp_path / "state", repository)
    render(made)
    yield made
    made.down()


def render(rehearsal: Rehearsal) -> None:
    rehearsal.fleet("lock")
    rehearsal.fleet("generate")


def policy_lines(rehearsal: Rehearsal, *, fails: bool) -> Told:
    """What the pack says in a preview: (level, policy) -> resource -> message."""
    said: Told = defaultdict(dict)
    for event in events(rehearsal.run(*PREVIEW, fails=fails).stdout):
        if told := event.get("policyEvent"):
            of_policy = said[told["enforcementLevel"], told["policyName"].removesuffix("-across-resources")]
            name = told["resourceUrn"].rpartition("::")[2]
            assert name not in of_policy, "told twice"
            of_policy[name] = told["message"]
    return said


def planted(rehearsal: Rehearsal) -> None:
    """Break all five policies in fleet.yaml."""
    path = rehearsal.repository / "fleet.yaml"
    text = path.read_text()
    for old, new in PLANTED:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def expect_all_denied(rehearsal: Rehearsal, undecided: set[str]) -> None:
    said = policy_lines(rehearsal, fails=True)
    for policy, (resources, remedy) in VIOLATED.items():
        denied = said["mandatory", policy]
        assert set(denied) == resources, policy
        assert all(name in message and remedy in message and f"[{policy}]" in message for name, message in denied.items())
    assert set(said["advisory", "not-decidable-yet"]) == undecided


def test_every_policy_stops_what_breaks_it_on_a_new_stack_and_on_one_that_exists(rehearsal: Rehearsal) -> None:
    clean = (rehearsal.repository / "fleet.yaml").read_text()
    said = policy_lines(rehearsal, fails=False)
    assert list(said) == [("advisory", "not-decidable-yet")]
    assert set(said["advisory", "not-decidable-yet"]) == {"beside-second"}
    assert "encryption-with-rotated-keys is not decidable yet: rotation.enabled" in said["advisory", "not-decidable-yet"]["beside-second"]

    planted(rehearsal)
    validate_names_the_lines(rehearsal)
    render(rehearsal)
    expect_all_denied(rehearsal, undecided=set())

    (rehearsal.repository / "fleet.yaml").write_text(clean)
    render(rehearsal)
    rehearsal.up(STACK)
    assert policy_lines(rehearsal, fails=False) == {}, "nothing may be left undecided once all is made"

    planted(rehearsal)
    render(rehearsal)
    expect_all_denied(rehearsal, undecided=set())


def validate_names_the_lines(rehearsal: Rehearsal) -> None:
    done = rehearsal.fleet("validate", fails=True)
    assert done.returncode == 1
    rows = (rehearsal.repository / "fleet.yaml").read_text().splitlines()
    for policy, words in LINES.items():
        line = next(number for number, row in enumerate(rows, 1) if words in row)
        assert any(row.startswith(f"error: fleet.yaml:{line}:") and f"[{policy}]" in row for row in done.stdout.splitlines()), policy
