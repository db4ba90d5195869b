"""F-DATA-001: a region said to be in a jurisdiction that it is not in."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import regions
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_spec


def _check(context: Context) -> Iterator[Violation]:
    for name, declared in context.spec.regions.items():
        region = regions().get(name)
        if region is not None and declared.jurisdiction != region.jurisdiction:
            yield on_spec(
                ("regions", name, "jurisdiction"),
                f"{name} ({region.place}, {region.country}) is in jurisdiction {region.jurisdiction}, not {declared.jurisdiction}: data "
                f"that must stay in {declared.jurisdiction} would leave it. Write {region.jurisdiction}.",
            )


RULE = Rule(
    id="F-DATA-001",
    severity="error",
    title="A region declared in the wrong jurisdiction",
    rationale="Names mislead: eu-west-2 is in the United Kingdom, eu-central-2 and europe-west6 in Switzerland, outside the Union.",
    source=(
        "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, "
        "https://cloud.google.com/compute/docs/regions-zones"
    ),
    check=_check,
)
