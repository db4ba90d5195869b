"""What a policy can ask of a subject: the facts of each kind, each with its type and meaning.

A subject is one JSON document. Every subject has the identity; the facts depend on its kind, and most of them may be unknown. Both gates
(the blueprint and Pulumi's resources) give the same facts, so a policy is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["cluster", "registeredCluster", "network", "nodePool", "key"]
Type = Literal["boolean", "integer", "string", "strings", "map"]


@dataclass(frozen=True)
class Fact:
    """A fact. path: where it stands in the document, as `endpoint.public`; type `strings` is a list, `map` has string values."""

    path: str
    type: Type
    meaning: str


IDENTITY = (
    Fact("kind", "string", "What it is: one of the kinds below."),
    Fact("environment.name", "string", "The environment it belongs to."),
    Fact("environment.protected", "boolean", "Whether fleet.yaml says `protect: true` of that environment."),
    Fact("cloud", "string", "`aws`, `gcp`, or empty for a registered cluster."),
    Fact("region", "string", "The region it lies in, by the cloud's own id."),
    Fact("jurisdiction", "string", "The jurisdiction that fleet.yaml says the region is in; empty where it declares no such region."),
)
"""Known of every subject at every time, and always told to a policy."""

_OWN = (
    Fact("name", "string", "Its name in the stack."),
    Fact("cluster", "string", "The cluster it belongs to; empty for what several share."),
)
_LIES_IN = Fact("regionJurisdiction", "string", "The jurisdiction that the region lies in, by the catalogue.")
_ZONES = Fact("zones", "strings", "Zone ids on AWS (`euw1-az1`), zone names on GCP.")

FACTS: Mapping[Kind, tuple[Fact, ...]] = {
    "cluster": (
        *_OWN,
        _LIES_IN,
        _ZONES,
        Fact("endpoint.public", "boolean", "Whether the Kubernetes API answers outside the network."),
        Fact("endpoint.publicRanges", "strings", "The ranges outside that it answers, as CIDR."),
        Fact("encryption.secretsKey", "boolean", "Whether Secrets are encrypted with a key of this stack."),
        Fact("deletionProtection", "boolean", "Whether the cloud refuses to delete it."),
        Fact("retiring", "boolean", "Whether fleet.yaml names it under `retire`: unprotected on purpose, with a waiver of the gate."),
        Fact("kubernetes", "string", "The Kubernetes version: a minor on EKS, a full version on GKE."),
        Fact("tags", "map", "Tags or labels as fleet.yaml gives them, without fleet's own."),
    ),
    "registeredCluster": (*_OWN, _LIES_IN),
    "network": (*_OWN, _LIES_IN),
    "nodePool": (
        *_OWN,
        _LIES_IN,
        _ZONES,
        Fact("capacity", "string", "`on-demand` or `spot`; on AWS also `capacity-block`."),
        Fact("instanceTypes", "strings", "Instance or machine types, most wanted first."),
    ),
    "key": (
        *_OWN,
        _LIES_IN,
        Fact("rotation.enabled", "boolean", "Whether the cloud makes a new version by itself."),
        Fact("rotation.days", "integer", "Days between two versions; unknown where rotation is off."),
    ),
}
