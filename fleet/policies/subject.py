"""The document that policies are asked about, and how a value that is not known yet is marked in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.catalog import regions
from fleet.policies.facts import Kind

_MARK = "$unknown"


@dataclass(frozen=True)
class Subject:
    """One thing to judge. document: its identity and facts (fleet.policies.facts); clusters: the clusters it serves, for selectors."""

    document: Mapping[str, Any]
    clusters: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        kind: Kind = self.document["kind"]
        return kind

    @property
    def name(self) -> str:
        return str(self.document["name"])

    @property
    def environment(self) -> str:
        return str(self.document["environment"]["name"])


@dataclass(frozen=True)
class Identity:
    """What is known of every subject. cluster: empty for what several share, or where it is none of fleet's.

    retiring: unprotected in a protected environment, which only `retire` of its entry makes a cluster.
    """

    environment: str
    protected: bool
    cloud: str
    region: str
    jurisdiction: str
    cluster: str
    clusters: tuple[str, ...]
    retiring: bool = False


def subject(kind: Kind, name: str, identity: Identity, facts: Mapping[str, Any]) -> Subject:
    """A subject of these facts (dotted path -> value) and of what its identity tells."""
    document: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "environment": {"name": identity.environment, "protected": identity.protected},
        "cloud": identity.cloud,
        "region": identity.region,
        "jurisdiction": identity.jurisdiction,
        "cluster": identity.cluster,
    }
    own = {"retiring": identity.retiring} if kind == "cluster" else {}
    for path, value in {"regionJurisdiction": _lies_in(identity.region), **own, **facts}.items():
        *parents, last = path.split(".")
        place = document
        for step in parents:
            place = place.setdefault(step, {})
        place[last] = value
    return Subject(document, identity.clusters)


def unknown(reason: str) -> dict[str, str]:
    """The mark of a value that is not known. reason: why, for the reader, as `its subnets are not in this stack`."""
    return {_MARK: reason}


def is_unknown(value: object) -> bool:
    """Whether a value is such a mark (one of its parts may still be one where it is none)."""
    return isinstance(value, Mapping) and _MARK in value


def reason(value: object) -> str | None:
    """Why a value is not known, None where it is no such mark."""
    return str(value[_MARK]) if isinstance(value, Mapping) and _MARK in value else None


def _lies_in(region: str) -> str | dict[str, str]:
    known = regions().get(region)
    return known.jurisdiction if known else unknown(f'the catalogue does not know the region "{region}"')
