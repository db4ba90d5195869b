"""F-POOL-007: node labels and taints that Kubernetes or the cloud cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.blueprint.model import EksCluster
from fleet.rules.context import Context
from fleet.rules.pools import NodePool
from fleet.rules.rule import Path, Rule, Violation, on_cluster

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PREFIX = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def _check(context: Context) -> Iterator[Violation]:
    for cluster in context.clusters:
        eks = isinstance(cluster, EksCluster)
        for pool in cluster.node_pools:
            for path, key, value in _pairs(pool):
                if not _key_fits(key) or (eks and len(key) > 63):
                    yield on_cluster(cluster, path, f"key {key!r}: {_KEY_FORM}{' EKS takes 63 characters in all.' if eks else ''}")
                elif value and not _NAME.fullmatch(value):
                    yield on_cluster(cluster, path, f"value {value!r} of {key}: {_VALUE_FORM}")
                elif eks and not value and path[2] == "labels":
                    yield on_cluster(cluster, path, f"label {key} has no value, which EKS refuses. Give it one, such as `true`.")


_KEY_FORM = (
    "a key is a name of at most 63 letters, digits, `-`, `_` and `.` with a letter or digit at both ends, after an optional DNS prefix "
    "and `/`."
)
_VALUE_FORM = "a value has at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends."


def _pairs(pool: NodePool) -> Iterator[tuple[Path, str, str]]:
    for key, value in pool.labels.items():
        yield ("nodePools", pool.name, "labels", key), key, value
    for taint in pool.taints:
        yield ("nodePools", pool.name, "taints", taint.key), taint.key, taint.value


def _key_fits(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_PREFIX.fullmatch(prefix)))


RULE = Rule(
    id="F-POOL-007",
    severity="error",
    title="A node label or taint that does not fit",
    rationale="Kubernetes checks the form of keys and values; EKS takes keys of 63 characters at most, and no empty label values.",
    source=(
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/, "
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"
    ),
    check=_check,
)
