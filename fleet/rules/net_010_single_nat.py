"""F-NET-010: a protected network whose zones all leave through one zone."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for network in context.aws_networks:
        without = [zone.zone for zone in network.zones if not zone.nat]
        if network.protect and without:
            yield on_spec(
                ("environments", network.environment, "network", "natGateways"),
                f"{', '.join(without)} of network {network.name} have no NAT gateway of their own: losing the zone that has one cuts them "
                "off too. Set natGateways to per-zone in a protected environment.",
                ("networks", network.name, "zones"),
            )


RULE = Rule(
    id="F-NET-010",
    severity="warning",
    title="A protected network with a NAT gateway in one zone only",
    rationale="A NAT gateway lives in one zone; image pulls and calls to the outside of every other zone would die with it.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    check=_check,
)
