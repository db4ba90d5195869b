"""Finds the chart that a release asks for: one on disk, or the stand-in of one whose repository cannot be had without the internet.

Stand-ins are made of one set of templates (sandbox/kubernetes/charts/stand-in) and what a chart's folder says of it; the versions that
there are, are those that fleet's catalogue has.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from fleet.catalog.table import rows
from sandbox.kubernetes.facts import STAND_IN
from sandbox.kubernetes.provider.problem import Problem, Values

CHARTS = Path(__file__).parents[2] / "charts"
SHARED = CHARTS / "stand-in"
DATA = "stand-in.yaml"


class ChartNotFound(Problem):
    """There is no such chart, or not in this version; the text says which there are."""


@dataclass(frozen=True)
class Chart:
    """A chart that can be had. folder: where it is, or what its stand-in is made of."""

    name: str
    version: str
    app_version: str
    folder: Path
    stand_in: bool

    def put(self, target: Path) -> Path:
        """The folder that helm installs from; a stand-in is made in `target`."""
        if not self.stand_in:
            return self.folder
        made = target / self.name
        shutil.copytree(SHARED, made)
        shutil.copytree(self.folder, made, dirs_exist_ok=True)
        (made / "Chart.yaml").write_text(yaml.safe_dump(self._description()))
        return made

    def _description(self) -> Values:
        return {
            "apiVersion": "v2",
            "name": self.name,
            "version": self.version,
            "appVersion": self.app_version,
            "type": "application",
            "description": f"Stands for the chart {self.name}: its objects, labelled as stand-ins, and nothing that runs",
            "annotations": {STAND_IN: "true"},
        }


def find(repository: str, chart: str, version: str, directory: Path) -> Chart:
    """The chart of a repository (empty where the chart says it all) in a version; empty is the newest. directory: of relative paths.

    Raises ChartNotFound with helm's words.
    """
    if not repository and not chart.startswith("oci://"):
        return _on_disk(directory / chart, chart, version)
    address = repository or chart
    known = _known().get((address.rstrip("/"), chart.rstrip("/").rsplit("/", 1)[-1]))
    if known is None:
        there = ", ".join(sorted(f"{name} of {source}" for source, name in _known()))
        raise ChartNotFound(
            f'chart "{chart}" not found in {address} repository: the sandbox has no way to it, and stands in for these alone: {there}. '
            "A chart of your own can be given by its path"
        )
    found = known if not version else {key: one for key, one in known.items() if key.lstrip("v") == version.lstrip("v")}
    if not found:
        raise ChartNotFound(
            f'chart "{chart}" version "{version}" not found in {address} repository: fleet\'s catalogue has {", ".join(known)}'
        )
    return max(found.values(), key=lambda one: _order(one.version))


def _on_disk(path: Path, chart: str, version: str) -> Chart:
    try:
        described = yaml.safe_load((path / "Chart.yaml").read_text())
        found = Chart(str(described["name"]), str(described["version"]), str(described.get("appVersion", "")), path, stand_in=False)
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ChartNotFound(f'chart "{chart}" not found: {path} holds no chart ({error}), and no repository is given') from error
    if version and version.lstrip("v") != found.version.lstrip("v"):
        raise ChartNotFound(f'chart "{chart}" version "{version}" not found: {path} is version {found.version}')
    return found


@cache
def _known() -> Mapping[tuple[str, str], Mapping[str, Chart]]:
    """Repository and chart -> version -> chart."""
    found: dict[tuple[str, str], dict[str, Chart]] = {}
    for data in sorted(CHARTS.glob(f"*/{DATA}")):
        described = yaml.safe_load(data.read_text())
        name, repository = described["chart"], described["repository"]
        versions = [row for row in rows("addons") if row["delivery"] == "helm" and (row["chart"], row["repository"]) == (name, repository)]
        found[repository.rstrip("/"), name] = {
            row["version"]: Chart(name, row["version"], row["app_version"], data.parent, stand_in=True) for row in versions
        }
    return found


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("-")[0].split("."))
