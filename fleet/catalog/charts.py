"""Add-ons that Helm installs: their chart versions by Kubernetes minor, and the values that let them survive the loss of a zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from fleet.catalog.table import rows
from fleet.catalog.versions import minor_number

PodSecurity = Literal["privileged", "baseline", "restricted"]


class ChartSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one chart is installed. kinds: of cluster; order: lower is installed first and removed last; values: as Helm takes them.

    replicas: Deployment that the chart makes -> the path of the value that says how many replicas it has.
    """

    name: str
    kinds: frozenset[str]
    namespace: str
    pod_security: PodSecurity
    order: int
    service_account: str | None
    values: Mapping[str, object]
    replicas: Mapping[str, tuple[str, ...]]
    source: str


class ChartVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a chart. repository: URL of a chart repository, or the oci:// address of the chart itself."""

    version: str
    chart: str
    repository: str


def charts(kind: str) -> Mapping[str, ChartSettings]:
    """Add-on name -> ChartSettings of the add-ons that Helm installs on clusters of `kind`, in the order of installation."""
    found = (chart for chart in _settings().values() if kind in chart.kinds)
    return {chart.name: chart for chart in sorted(found, key=lambda chart: (chart.order, chart.name))}


def chart_versions(addon: str, minor: str) -> tuple[ChartVersion, ...]:
    """Versions of an add-on's chart for a Kubernetes minor, oldest first; empty where none is known."""
    number = minor_number(minor)
    fitting = (version for least, most, version in _versions().get(addon, ()) if least <= number <= most)
    return tuple(sorted(fitting, key=lambda version: _key(version.version)))


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("-")[0].split("."))


@cache
def _versions() -> Mapping[str, tuple[tuple[int, int, ChartVersion], ...]]:
    found: dict[str, tuple[tuple[int, int, ChartVersion], ...]] = {}
    for row in rows("addons"):
        if row["delivery"] == "helm" and row["addon"] in _settings():
            least = minor_number(row["kubernetes_min"]) if row["kubernetes_min"] else 0
            most = minor_number(row["kubernetes_max"]) if row["kubernetes_max"] else 999
            version = ChartVersion(version=row["version"], chart=row["chart"], repository=row["repository"])
            found[row["addon"]] = (*found.get(row["addon"], ()), (least, most, version))
    return found


@cache
def _settings() -> Mapping[str, ChartSettings]:
    return MappingProxyType({row["addon"]: _chart(row) for row in rows("chart-settings")})


def _chart(row: Mapping[str, str]) -> ChartSettings:
    return ChartSettings(
        name=row["addon"],
        kinds=frozenset(row["kinds"].split(",")),
        namespace=row["namespace"],
        pod_security=cast(PodSecurity, row["pod_security"]),
        order=int(row["order"]),
        service_account=row["service_account"] or None,
        values=msgspec.json.decode(row["values"]),
        replicas={name: tuple(path.split(".")) for name, path in (item.split("=") for item in row["replicas"].split(","))},
        source=row["source"],
    )
