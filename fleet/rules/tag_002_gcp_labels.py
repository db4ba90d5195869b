"""F-TAG-002: labels that Google Cloud does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster, on_spec

_MOST = 64
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.gke_clusters:
        for key, message in _problems(cluster.labels):
            path = ("tags", key) if key else ("tags",)
            yield on_cluster(cluster, path, message, ("labels", *path[1:]))
    for network in context.gcp_networks:
        for key, message in _problems(network.labels):
            at = ("networks", network.name, "labels", key) if key else ("networks", network.name, "labels")
            yield on_spec(("defaults", "tags"), message, at)


def _problems(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(key, message) of what Google Cloud refuses; the key is empty when it is their number."""
    if len(labels) > _MOST:
        yield "", f"{len(labels)} labels; Google Cloud takes {_MOST} per resource. Remove some."
    for key, value in labels.items():
        if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            yield (
                key,
                f"label {key}={value}: Google Cloud takes at most 63 lower-case letters, digits, `-` and `_`, with a letter first in the "
                "key. Write it so on every cloud, so that cost reports agree.",
            )


RULE = Rule(
    id="F-TAG-002",
    severity="error",
    title="Labels that Google Cloud does not take",
    rationale="64 labels per resource, keys and values of 63 characters, lower case only.",
    source="https://cloud.google.com/compute/docs/labeling-resources#requirements",
    check=_check,
)
