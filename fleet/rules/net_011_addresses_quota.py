"""F-NET-011: more public addresses or networks in a region than AWS grants by default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fleet.blueprint.model import AwsNetwork
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec

_GRANTED = 5


def _check(context: Context) -> Iterator[Violation]:
    places: dict[tuple[str, str], list[AwsNetwork]] = defaultdict(list)
    for network in context.aws_networks:
        places[network.deployer.account, network.region].append(network)
    for (account, region), networks in places.items():
        gateways = sum(zone.nat for network in networks for zone in network.zones)
        for count, what, quota in ((gateways, "elastic addresses for NAT gateways", "L-0263D0A3"), (len(networks), "VPCs", "L-F678F1CE")):
            if count > _GRANTED:
                yield on_spec(
                    ("environments", networks[0].environment),
                    f"account {account} needs {count} {what} in {region}; AWS grants {_GRANTED}. Have quota {quota} raised before the "
                    "next update.",
                    ("networks", networks[0].name),
                )


RULE = Rule(
    id="F-NET-011",
    severity="warning",
    title="More elastic addresses or VPCs in a region than AWS grants by default",
    rationale=(
        "Five elastic addresses and five VPCs per region and account: two networks with a NAT gateway in each of three zones are past it."
    ),
    source="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    check=_check,
)
