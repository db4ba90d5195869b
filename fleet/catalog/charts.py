"""Add-ons that Helm installs: their chart versions by Kubernetes minor, and the values that let them survive the loss of a zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

import msgspec
import yaml

from fleet.catalog.table import rows
from fleet.catalog.versions import minor_number

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FILES: Final = Path(__file__).parent / "data" / "charts"
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
    """One version of a chart. repository: URL of a chart repository, or the oci:// address of the chart itself.

    vouched: whether somebody says which minors it runs on; without that it is taken only where it is asked for.
    """

    version: str
    chart: str
    repository: str
    vouched: bool


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
            version = ChartVersion(
                version=row["version"], chart=row["chart"], repository=row["repository"], vouched=bool(row["kubernetes_min"])
            )
            found[row["addon"]] = (*found.get(row["addon"], ()), (least, most, version))
    return found


@cache
def _settings() -> Mapping[str, ChartSettings]:
    """One file an add-on; a new one is a new file."""
    found = (_chart(path.stem, yaml.load(path.read_bytes(), LOADER)) for path in sorted(_FILES.glob("*.yaml")))
    return MappingProxyType({chart.name: chart for chart in found})


def _chart(name: str, content: Mapping[str, Any]) -> ChartSettings:
    """Raises KeyError, TypeError for a file that says too little."""
    return ChartSettings(
        name=name,
        kinds=frozenset(content["kinds"]),
        namespace=content["namespace"],
        pod_security=cast(PodSecurity, content["podSecurity"]),
        order=content["order"],
        service_account=content["serviceAccount"],
        values=content["values"],
        replicas={deployment: tuple(path.split(".")) for deployment, path in content["replicas"].items()},
        source=content["source"],
    )
