"""F-NET-009: a range that means something else to every host."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from fleet.rules.addresses import REFUSED, ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Path, Rule, Violation, on_spec

_DOCKER = IPv4Network("172.17.0.0/16")


def _check(context: Context) -> Iterator[Violation]:
    for pool, cidr in (
        ("nodes", context.spec.addressing.pools.nodes),
        ("pods", context.spec.addressing.pools.pods),
        ("services", context.spec.addressing.pools.services),
    ):
        for special in REFUSED:
            if ipv4(cidr).overlaps(special):
                yield _violation(pool, cidr, f"{special} is loopback, link-local, multicast or the host itself, and clouds refuse it")
    for network in context.aws_networks:
        if ipv4(network.cidr).overlaps(_DOCKER):
            yield _violation("nodes", network.cidr, f"{_DOCKER} is Docker's bridge: hosts that run it do not reach the network")


def _violation(pool: str, cidr: str, why: str) -> Violation:
    path: Path = ("addressing", "pools", pool)
    return on_spec(path, f"range {cidr} cannot be used: {why}. Take another pool, or put that range under addressing.reserved.", path)


RULE = Rule(
    id="F-NET-009",
    severity="error",
    title="A range with a meaning of its own",
    rationale="0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and 224.0.0.0/4 are refused; 172.17.0.0/16 collides with Docker's default bridge.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, https://cloud.google.com/vpc/docs/subnets",
    check=_check,
)
