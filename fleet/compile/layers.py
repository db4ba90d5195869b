"""The layers of a cluster's settings: found, ordered, merged, and asked where a value came from.

Precedence, weakest first: built-in profile < defaults < environment < region < class < cluster < matching overrides. Maps merge by key,
scalars and lists replace, `null` removes. A pool's `types` and `size` say the same thing: the stronger layer's one removes the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

import yaml

from fleet.spec.load import Document
from fleet.spec.model import Selector
from fleet.spec.plain import depth
from fleet.spec.problem import Path

Data = Mapping[str, Any]
_RIVALS = {"types": "size", "size": "types"}


@dataclass(frozen=True)
class Layer:
    """One layer: its values and where in the spec they are written; prefix None is the built-in profile."""

    prefix: Path | None
    data: Data


@dataclass(frozen=True)
class Subject:
    """What a selector can ask of a cluster."""

    environment: str
    region: str
    cloud: str
    kind: str
    jurisdiction: str
    class_: str
    cluster: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Match:
    """A selector made ready to ask: each attribute with the values it accepts."""

    wanted: tuple[tuple[str, frozenset[str]], ...]
    labels: tuple[tuple[str, str], ...]

    def accepts(self, subject: Subject) -> bool:
        """Whether all keys of the selector match `subject`."""
        return all(getattr(subject, key) in values for key, values in self.wanted) and all(
            subject.labels.get(key) == value for key, value in self.labels
        )


def matcher(selector: Selector) -> Match:
    """Prepare a selector."""
    keys = ("environment", "region", "cloud", "kind", "jurisdiction", "class_", "cluster")
    wanted = tuple((key, frozenset(selector.named(key))) for key in keys if getattr(selector, key) is not None)
    return Match(wanted, tuple(sorted((selector.label or {}).items())))


@cache
def profile() -> Data:
    """The built-in profile."""
    text = FilePath(__file__).with_name("profile.yaml").read_text(encoding="utf-8")
    loaded: Data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def profile_layer(kind: str) -> Layer:
    """The weakest layer of a cluster of `kind`: the profile's settings with the add-ons that every cluster of the kind has."""
    base = profile()
    keys = ("channel", "supportType", "logRetentionDays", "controlPlane", "network", "maintenance", "nodePools", "tags")
    return Layer(None, {**{key: base[key] for key in keys}, "addons": base.get(f"{kind}Addons", {})})


_NOT_SETTINGS = frozenset({"class", "in", "labels", "retire", "aliases"})


def base_layers(document: Document, entry: str, environment: str, region: str) -> list[Layer]:
    """The layers of one cluster below the overrides, weakest first, without the profile."""
    data = document.data
    cluster = data["clusters"][entry]
    found = [
        Layer(("defaults",), data.get("defaults", {})),
        Layer(("environments", environment, "settings"), data["environments"][environment].get("settings") or {}),
        Layer(("regions", region, "settings"), data["regions"][region].get("settings") or {}),
        Layer(("classes", cluster["class"]), data["classes"][cluster["class"]]),
        Layer(("clusters", entry), {key: value for key, value in cluster.items() if key not in _NOT_SETTINGS}),
    ]
    return [layer for layer in found if layer.data]


def merge_layers(layers: Iterable[Layer]) -> dict[str, Any]:
    """All layers as one map; node pools get the profile's pool values below them."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _merge(merged, layer.data)
    pool_base = profile()["nodePool"]
    pools = {name: _merge(pool_base, pool) for name, pool in merged.get("nodePools", {}).items()}
    return {**merged, "nodePools": pools}


def _merge(weak: Data, strong: Data) -> dict[str, Any]:
    result = dict(weak)
    for key, value in strong.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            below = result.get(key)
            result[key] = _merge(below if isinstance(below, dict) else {}, value)
        else:
            result[key] = value
        rival = _RIVALS.get(key)
        if rival and rival not in strong:
            result.pop(rival, None)
    return result


def origins(layers: Sequence[Layer], path: Path) -> list[tuple[Layer, Path]]:
    """The layers that give `path`, strongest first, each with the path inside it that is written; the first one decided the value."""
    return [(layer, path) for layer in reversed(layers) if depth(layer.data, path) == len(path)]


def deciding(layers: Sequence[Layer], path: Path) -> Path | None:
    """Where in the spec the value at `path` (or the nearest part of it that is written) was decided; None when the profile did."""
    for length in range(len(path), 0, -1):
        for layer, part in origins(layers, path[:length]):
            if layer.prefix is not None:
                return (*layer.prefix, *part)
    return None
