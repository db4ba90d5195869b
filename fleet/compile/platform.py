"""Decide what fleet puts into a cluster: namespaces with quotas, who may do what, charts, priority classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from fleet.blueprint.model import Chart, GroupTier, Namespace, Platform, PriorityClass, Quota, Replicas
from fleet.catalog import ChartSettings, ChartVersion, chart_versions, charts
from fleet.compile.context import Context, NamespaceOf, Undecidable
from fleet.compile.layers import profile
from fleet.compile.settings import Addon
from fleet.spec.problem import Path

CLUSTER_TIERS = frozenset({"break-glass", "platform-admin", "platform-operator", "auditor"})
"""Tiers that reach a whole cluster; the others (tenant-admin, developer, viewer) reach their team's namespaces."""


def compile_platform(context: Context, minor: str) -> Platform:
    """Turn one cluster's settings and teams into its platform. minor: as `1.35`. Raises Undecidable."""
    return Platform(
        minor=f"v{minor}",
        namespaces=tuple(_namespace(found) for found in context.namespaces),
        access=_cluster_wide(context),
        charts=tuple(_charts(context, minor)),
        priority_classes=tuple(PriorityClass(name=name, value=value) for name, value in sorted(profile()["priorityClasses"].items())),
    )


def _cluster_wide(context: Context) -> tuple[GroupTier, ...]:
    reaching = [access for access in context.access if access.tier in CLUSTER_TIERS]
    return tuple(GroupTier(group=group, tier=access.tier) for access in reaching for group in access.kubernetes_groups)


def _namespace(found: NamespaceOf) -> Namespace:
    weak = profile()["namespace"]
    quota: Mapping[str, int] = {**weak["quota"], **found.settings.get("quota", {})}
    level: Literal["baseline", "restricted"] = found.settings.get("podSecurity", weak["podSecurity"])
    access = found.access
    return Namespace(
        name=found.name,
        team=access.team,
        pod_security=level,
        quota=Quota(cpu=quota["cpu"], memory_gib=quota["memoryGiB"], pods=quota["pods"]),
        access=tuple(GroupTier(group=group, tier=access.tier) for group in access.kubernetes_groups if access.tier not in CLUSTER_TIERS),
    )


def _charts(context: Context, minor: str) -> Iterable[Chart]:
    wanted = context.instance.settings.addons
    for name, known in charts(context.instance.subject.kind).items():
        if name in wanted:
            yield _chart(context, known, wanted[name], minor)


def _chart(context: Context, known: ChartSettings, addon: Addon, minor: str) -> Chart:
    at = ("addons", known.name)
    if addon.configuration:
        raise Undecidable(at, f"{known.name} is installed by Helm here: it takes `values`, not `configuration`.")
    version = _version(context, known, addon, minor)
    values = joined(known.values, addon.values)
    return Chart(
        name=known.name,
        namespace=known.namespace,
        pod_security=known.pod_security,
        chart=version.chart,
        repository=version.repository,
        version=version.version,
        digest=None,
        values=values,
        replicas=tuple(Replicas(deployment=name, count=_count(at, values, path)) for name, path in sorted(known.replicas.items())),
        service_account=known.service_account,
        policy_arns=tuple(addon.identity.aws),
        project_roles=tuple(addon.identity.gcp),
    )


def _count(at: Path, values: Mapping[str, Any], path: Sequence[str]) -> int:
    """The number at a path of a chart's values. Raises Undecidable."""
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise Undecidable((*at, "values", *path), f"{'.'.join(path)} must be a number of replicas, 1 or more, not {found!r}.")
    return found


def _version(context: Context, known: ChartSettings, addon: Addon, minor: str) -> ChartVersion:
    at = ("addons", known.name)
    fitting = {version.version: version for version in chart_versions(known.name, minor)}
    if not fitting:
        raise Undecidable(at, f"the catalogue has no chart of {known.name} for Kubernetes {minor}.")
    chosen = addon.version or context.choose(f"charts.{known.name}", minor, str, lambda: list(fitting)[-1])
    if chosen not in fitting:
        known_ones = ", ".join(fitting)
        raise Undecidable((*at, "version"), f"{known.name} {chosen} is not known to run on Kubernetes {minor}. Known: {known_ones}.")
    return fitting[chosen]


def joined(weak: Any, strong: Any) -> Any:
    """The catalogue's values with the user's over them; maps join by key, all else is replaced."""
    if isinstance(weak, Mapping) and isinstance(strong, Mapping):
        both = {**weak, **{key: joined(weak.get(key), value) for key, value in strong.items()}}
        return dict(sorted(both.items()))
    return weak if strong is None else strong
