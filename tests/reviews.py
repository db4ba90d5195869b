"""Reviews to render: changes of clusters that were never compiled, so that anything may stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fleet.diff.blast import Blast, Share
from fleet.diff.model import ABSENT, Change, Object, Reason, Risk
from fleet.gate.gather import Gate
from fleet.report.comment import as_comment
from fleet.report.flavour import FLAVOURS
from fleet.report.links import Links
from fleet.report.mask import masked
from fleet.report.review import Review, Side
from fleet.spec.problem import Mark

LONG = "service-with-a-name-that-is-as-long-as-a-cloud-allows"


def cluster(index: int, name: str = LONG) -> Object:
    return Object("prod", "prod", "eu-west-1", "cluster", f"{name}-{index:05}", "eks", True)


def change(
    object: Object,
    path: str,
    before: Any,
    after: Any,
    risk: Risk = Risk.IN_PLACE,
    *,
    line: int = 1,
    file: str = "fleet.yaml",
    alarm: str = "",
) -> Change:
    reason = Reason("aws:eks/cluster:Cluster", "version", risk, "facts on eks/cluster.go")
    return Change(object, path, before, after, risk, (reason,), Mark(file, line, 1), alarm)


def distinct(count: int) -> list[Change]:
    """A change of its own in each of `count` clusters; every 200th is destroyed, and every 200th replaced."""
    risks = [Risk.DESTROY if index % 200 == 0 else Risk.REPLACE if index % 200 == 1 else Risk.IN_PLACE for index in range(count)]
    return [
        change(cluster(index), "", "eks", ABSENT, risk, line=index + 1)
        if risk == Risk.DESTROY
        else change(cluster(index), f"nodePools[pool-{index}].labels", "old", f"value-{index}", risk, line=index + 1)
        for index, risk in enumerate(risks)
    ]


def review(changes: Sequence[Change], **fields: Any) -> Review:
    names = tuple(sorted({each.object.name for each in changes if each.object.what == "cluster"}))
    share: Mapping[str, Share] = {"prod": Share(len(names), len(names), 9, 9)} if names else {}
    empty = Review(
        fleet="acme",
        base=Side("main", "1234567"),
        head=Side("", ""),
        digest="abc",
        changes=changes,
        gate=Gate((), (), False),
        blast=Blast(names, (), ("EU",), share),
        protected=frozenset(),
        new_findings=(),
        base_problem="",
    )
    return masked(Review(**{**{field: getattr(empty, field) for field in Review.__dataclass_fields__}, **fields}))


def comment(shown: Review, flavour: str = "github", links: Links = Links()) -> str:  # noqa: B008
    return as_comment(shown, FLAVOURS[flavour], links)
