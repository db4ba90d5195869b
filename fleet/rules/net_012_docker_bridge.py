"""F-NET-012: a VPC in the range that Docker gives to its bridge."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from fleet.rules.addresses import ipv4
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec

_BRIDGE = IPv4Network("172.17.0.0/16")


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        if ipv4(network.cidr).overlaps(_BRIDGE):
            yield on_spec(
                ("addressing", "pools", "nodes"),
                f"network {network.name} is {network.cidr}, inside {_BRIDGE} of Docker's bridge: hosts that run Docker (build machines, "
                "AWS Cloud9, SageMaker) do not reach it. Take another range, or put that one under addressing.reserved.",
                ("networks", network.name, "cidr"),
            )


RULE = Rule(
    id="F-NET-012",
    severity="warning",
    title="A VPC in the range of Docker's bridge",
    rationale="A host that runs Docker routes 172.17.0.0/16 to its own bridge, so answers of the network never come back.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    check=_check,
)
