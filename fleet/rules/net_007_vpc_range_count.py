"""F-NET-007: more ranges in a VPC than AWS grants by default."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec

_GRANTED = 5


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        ranges = 1 + len({slot.pods_cidr for slot in network.slots})
        if ranges > _GRANTED:
            yield on_spec(
                ("environments", network.environment),
                f"network {network.name} has {ranges} ranges (its own and one of pods for each of {len(network.slots)} clusters); AWS "
                f"grants {_GRANTED} per VPC, and 50 on request. Have the quota L-83CA0A9D raised before the next update.",
                ("networks", network.name, "slots"),
            )


RULE = Rule(
    id="F-NET-007",
    severity="warning",
    title="More ranges in a VPC than AWS grants by default",
    rationale="Each EKS cluster brings a secondary range for its pods; the quota of five ranges per VPC can be raised to 50.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    check=_check,
)
