"""The Pulumi policy pack. Pulumi runs it: `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pulumi_policy import PolicyPack  # noqa: E402

from fleet.policies.problem import PolicyProblem  # noqa: E402
from fleet.spec.problem import SpecError  # noqa: E402
from policies.pack.court import open_court  # noqa: E402
from policies.pack.policies import policies  # noqa: E402

try:
    court = open_court(ROOT)
except (PolicyProblem, SpecError) as problem:
    sys.exit(f"The policies cannot be asked: {problem}")
PolicyPack("fleet", policies(court))
