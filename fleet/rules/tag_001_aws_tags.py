"""F-TAG-001: tags that AWS does not take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster, on_spec

_MOST = 50


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.eks_clusters:
        for key, message in _problems(cluster.tags):
            yield on_cluster(cluster, ("tags", key) if key else ("tags",), message)
    for network in context.aws_networks:
        for key, message in _problems(network.tags):
            at = ("networks", network.name, "tags", key) if key else ("networks", network.name, "tags")
            yield on_spec(("defaults", "tags"), message, at)


def _problems(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(key, message) of what AWS refuses; the key is empty when it is their number."""
    if len(tags) > _MOST:
        yield "", f"{len(tags)} tags; AWS takes {_MOST} per resource. Remove some."
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            yield key, f"tag {key!r}: AWS takes keys of 1 to 128 and values of at most 256 characters. Shorten it."
        elif key.lower().startswith("aws:"):
            yield key, f"tag {key!r}: keys that begin with aws: are the cloud's own. Use another prefix."


RULE = Rule(
    id="F-TAG-001",
    severity="error",
    title="Tags that AWS does not take",
    rationale="50 tags per resource, keys of 128 and values of 256 characters, none that begins with aws:.",
    source="https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html",
    check=_check,
)
