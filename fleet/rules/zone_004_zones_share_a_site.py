"""F-ZONE-004: a region whose zones share buildings."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import regions
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        if cluster.protect and not regions()[cluster.region].separate_sites:
            yield on_cluster(
                cluster,
                (),
                f"the three zones of {cluster.region} lie in one or two physical data centres: one event can take all of them. Keep a "
                "second cluster in another region, or use another region.",
                ("region",),
            )


RULE = Rule(
    id="F-ZONE-004",
    severity="warning",
    title="The region's zones share physical sites",
    rationale=(
        "Google lists regions that are being expanded, whose three zones are not yet three sites; a protected cluster there is less safe "
        "than it looks."
    ),
    source="https://cloud.google.com/compute/docs/regions-zones",
    check=_check,
)
