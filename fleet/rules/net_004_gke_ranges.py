"""F-NET-004: ranges of a GKE cluster of a size or kind that GKE does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.addresses import PRIVATE, ipv4, within
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_slot


def _check(context: Context) -> Iterator[Violation]:
    for network in context.gcp_networks:
        for slot in network.slots:
            ranges = (
                ("nodesCidr", "nodesPrefix", "node subnet", slot.nodes_cidr, 8, 29),
                ("podsCidr", "podsPrefix", "pod range", slot.pods_cidr, 9, 21),
                ("servicesCidr", "servicesPrefix", "service range", slot.services_cidr, 16, 27),
                ("controlPlaneCidr", "nodesPrefix", "control-plane range", slot.control_plane_cidr, 28, 28),
            )
            for field, setting, what, cidr, largest, smallest in ranges:
                if not largest <= ipv4(cidr).prefixlen <= smallest:
                    sizes = f"/{largest} to /{smallest}" if largest < smallest else f"exactly /{largest}"
                    message = f"GKE takes a {what} of {sizes}, not {cidr}. Change {setting}."
                    yield on_slot(network, slot, ("network", setting), message, field)
                elif field == "controlPlaneCidr" and not within(cidr, PRIVATE):
                    message = (
                        f"GKE takes a control-plane range inside a private range (RFC 1918), not {cidr}. Change addressing.pools.nodes."
                    )
                    yield on_slot(network, slot, ("network", setting), message, field)


RULE = Rule(
    id="F-NET-004",
    severity="error",
    title="A range that GKE does not take",
    rationale="Node subnets of at least /29, pod ranges of /9 to /21, service ranges of /16 to /27, control-plane ranges of exactly /28.",
    source=(
        "https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips, "
        "https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters"
    ),
    check=_check,
)
