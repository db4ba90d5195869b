"""F-NET-009: a range that means something else to every host."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.addresses import REFUSED, ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    pools = context.spec.addressing.pools
    for pool, cidr in (("nodes", pools.nodes), ("pods", pools.pods), ("services", pools.services)):
        for special in REFUSED:
            if ipv4(cidr).overlaps(special):
                yield on_spec(
                    ("addressing", "pools", pool),
                    f"{cidr} overlaps {special}, which means this host, loopback, link-local or multicast, and which clouds refuse. Take "
                    "another range.",
                )


RULE = Rule(
    id="F-NET-009",
    severity="error",
    title="A range with a meaning of its own",
    rationale="0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and 224.0.0.0/4 are refused as VPC and subnet ranges.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, https://cloud.google.com/vpc/docs/subnets",
    check=_check,
)
