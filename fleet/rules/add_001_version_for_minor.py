"""F-ADD-001: an add-on version that EKS does not have for the cluster's minor."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.catalog import addon_settings, addon_versions, managed_addons
from fleet.rules.context import Context
from fleet.rules.rule import Rule, Violation, on_cluster
from fleet.rules.support import minor_of


def _check(context: Context) -> Iterator[Violation]:
    names = {addon_settings(name).eks_name: name for name in managed_addons()}
    for cluster in context.eks_clusters:
        minor = minor_of(cluster.kubernetes)
        for addon in cluster.addons:
            name = names[addon.name]
            versions = addon_versions(name, minor)
            if addon.version not in versions:
                choices = f"Choose one of {', '.join(versions[-3:])}" if versions else "No build for it is known: remove the add-on"
                yield on_cluster(
                    cluster,
                    ("addons", name, "version"),
                    f"EKS has no build {addon.version} of {addon.name} for Kubernetes {minor}. {choices}, or add it to the catalogue "
                    "(addons.tsv) if it is newer.",
                    ("addons", addon.name, "version"),
                )


RULE = Rule(
    id="F-ADD-001",
    severity="error",
    title="The add-on version does not exist for the Kubernetes minor",
    rationale=(
        "EKS builds of an add-on belong to minors: `Addon version specified is not supported`, and a pinned one may not survive an upgrade."
    ),
    source="https://docs.aws.amazon.com/eks/latest/userguide/addon-compat.html",
    check=_check,
)
