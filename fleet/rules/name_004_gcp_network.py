"""F-NAME-004: a network name that Google Compute Engine does not take."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.rules.context import Context
from fleet.rules.forms import GCP_NAME
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for network in context.gcp_networks:
        name = network.physical_name
        if not GCP_NAME.fullmatch(name):
            yield on_spec(
                ("environments", network.environment),
                f"Compute Engine refuses the network name {name!r} ({len(name)} characters): at most 63 lower-case letters, digits and "
                "`-`, a letter first and no `-` at the end. Shorten the names of fleet or environment.",
                ("networks", network.name, "physicalName"),
            )


RULE = Rule(
    id="F-NAME-004",
    severity="error",
    title="A network name that Compute Engine does not take",
    rationale="Networks, subnetworks, routers and addresses follow RFC 1035: 63 characters, lower case.",
    source="https://cloud.google.com/compute/docs/naming-resources",
    check=_check,
)
