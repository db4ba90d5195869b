"""From entries of the spec to single clusters: one instance per environment and region, each with its layers merged and typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from fleet.catalog import Region, regions
from fleet.compile.layers import Layer, Match, Subject, base_layers, deciding, matcher, merge_layers, profile_layer
from fleet.compile.settings import Settings, typed
from fleet.spec.load import Document
from fleet.spec.model import Override
from fleet.spec.problem import Path, Problem, SpecError
from fleet.spec.suggest import did_you_mean

_KINDS = {"aws": "eks", "gcp": "gke"}
_CLOUD_OF = {kind: cloud for cloud, kind in _KINDS.items()}


@dataclass(frozen=True)
class Instance:
    """One cluster to be: who it is, its settings, and the layers they came from (weakest first)."""

    name: str
    subject: Subject
    place: Region
    settings: Settings
    layers: tuple[Layer, ...]

    def origin(self, path: Path) -> Path:
        """Where in the spec the setting at `path` was decided; the cluster's entry when the built-in profile decided it."""
        return deciding(self.layers, path) or ("clusters", self.subject.cluster)


def cluster_name(entry: str, environment: str, region: str) -> str:
    """The fleet's name of one cluster."""
    return f"{entry}-{environment}-{region}"


def instances(document: Document) -> list[Instance]:
    """All clusters of the fleet, by name. Raises SpecError with what keeps any of them from being one."""
    found: list[Instance] = []
    flaws = [Flaw("", ("regions", region), text) for region, text in _unknown_regions(document)]
    for result in _each(document):
        if isinstance(result, Flaw):
            flaws.append(result)
        else:
            found.append(result)
    if flaws:
        raise SpecError(folded(document, flaws))
    return sorted(found, key=lambda instance: instance.name)


@dataclass(frozen=True)
class Flaw:
    """What keeps one cluster from being decided; path: the line of the spec that decided the value at fault."""

    cluster: str
    path: Path
    message: str


def folded(document: Document, flaws: Iterable[Flaw]) -> Iterator[Problem]:
    """One problem for all clusters that one line spoils in one way."""
    together: dict[tuple[Path, str], list[str]] = {}
    for flaw in flaws:
        together.setdefault((flaw.path, flaw.message), []).append(flaw.cluster)
    for (path, message), (first, *others) in together.items():
        more = f" (and {len(others)} more {'cluster' if len(others) == 1 else 'clusters'})" if others else ""
        yield document.problem(path, f"{first}{more}: {message}" if first else message)


def _unknown_regions(document: Document) -> Iterator[tuple[str, str]]:
    for region in document.spec.regions:
        if region not in regions():
            yield region, f'"{region}" is not a region of AWS or GCP that the catalogue knows.{did_you_mean(region, regions())}'


def _each(document: Document) -> Iterator[Instance | Flaw]:
    spec = document.spec
    overrides = _by_cluster(spec.overrides)
    for entry, cluster in spec.clusters.items():
        candidates = sorted([*overrides[None], *overrides.get(entry, ())], key=lambda override: override[0])
        for environment, places in cluster.in_.items():
            for region in places:
                if region not in regions():
                    continue
                layers = base_layers(document, entry, environment, region)
                cloud = regions()[region].cloud
                kind = _kind(layers, cloud)
                subject = Subject(
                    environment=environment,
                    region=region,
                    cloud=cloud,
                    kind=kind,
                    jurisdiction=spec.regions[region].jurisdiction,
                    class_=cluster.class_,
                    cluster=entry,
                    labels=cluster.labels,
                )
                for index, match in candidates:
                    if match.accepts(subject):
                        layers.append(Layer(("overrides", index, "set"), document.data["overrides"][index]["set"]))
                yield _instance(subject, layers)


def _by_cluster(overrides: Sequence[Override]) -> Mapping[str | None, list[tuple[int, Match]]]:
    """Overrides with their places in the list, by the clusters they name; under None those that name none. One look an entry is enough."""
    found: dict[str | None, list[tuple[int, Match]]] = {None: []}
    for index, override in enumerate(overrides):
        for name in dict.fromkeys(override.match.named("cluster")) or [None]:
            found.setdefault(name, []).append((index, matcher(override.match)))
    return found


def _kind(layers: list[Layer], cloud: str) -> str:
    given = [layer.data["kind"] for layer in layers if layer.data.get("kind")]
    return str(given[-1]) if given else _KINDS[cloud]


def _instance(subject: Subject, layers: list[Layer]) -> Instance | Flaw:
    all_layers = (profile_layer(subject.kind), *layers)
    name = cluster_name(subject.cluster, subject.environment, subject.region)
    at: Path = ("clusters", subject.cluster)
    kind_at = deciding(all_layers, ("kind",)) or at
    if _CLOUD_OF.get(subject.kind, subject.cloud) != subject.cloud:
        return Flaw(name, kind_at, f'a cluster of kind "{subject.kind}" cannot be in {subject.region}, which is {subject.cloud}.')
    try:
        settings = typed(merge_layers(all_layers))
    except msgspec.ValidationError as error:
        message, path = _located(error)
        return Flaw(name, deciding(all_layers, path) or at, message)
    if settings.kind and settings.kind != subject.kind:
        return Flaw(name, kind_at, "an override cannot change the kind of a cluster; set it in the cluster or its class.")
    return Instance(name, subject, regions()[subject.region], settings, all_layers)


def _located(error: msgspec.ValidationError) -> tuple[str, Path]:
    """msgspec's text `Object missing required field `min` - at `$.nodePools[...]`` as our words and a path."""
    text = str(error)
    message, _, place = text.partition(" - at `$")
    path: Path = tuple(re.findall(r"\.(\w+)", place))
    missing = re.match(r"Object missing required field `(\w+)`", message)
    if missing:
        return f"{'.'.join(map(str, (*path, missing[1])))} is set by no layer. Give it in `defaults`, the class or the cluster.", path
    return f"{message} at {place.strip('.`')}", path
