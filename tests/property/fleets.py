"""Hypothesis strategies: small fleets that are valid, as plain data."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

REGIONS = {"eu-west-1": "EU", "eu-central-1": "EU", "us-east-1": "US", "europe-west4": "EU", "us-east4": "US"}
NAMES = ("core", "data", "batch", "edge", "ledger", "web")
ENVIRONMENTS = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}


def environment(name: str) -> dict[str, Any]:
    account = ENVIRONMENTS[name]
    return {
        "accounts": {"aws": account, "gcp": f"acme-{name}"},
        "deployer": {
            "aws": f"arn:aws:iam::{account}:role/deployer",
            "gcp": f"deployer@acme-{name}.iam.gserviceaccount.com",
            "reach": {"runner": "in-network"},
        },
        "protect": name == "prod",
    }


@st.composite
def places(draw: st.DrawFn) -> dict[str, list[str]]:
    names = draw(st.lists(st.sampled_from(sorted(ENVIRONMENTS)), min_size=1, max_size=3, unique=True))
    return {name: draw(st.lists(st.sampled_from(sorted(REGIONS)), min_size=1, max_size=4, unique=True)) for name in names}


@st.composite
def clusters(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    return {name: draw(cluster()) for name in names}


@st.composite
def cluster(draw: st.DrawFn) -> dict[str, Any]:
    entry: dict[str, Any] = {"class": "standard", "in": draw(places())}
    sizes = draw(st.fixed_dictionaries({}, optional={"nodesPrefix": st.integers(18, 24), "podsPrefix": st.integers(16, 20)}))
    return {**entry, "network": sizes} if sizes else entry


def fleet(entries: dict[str, Any], domains: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """A whole spec around some clusters."""
    addressing: dict[str, Any] = {
        "pools": {"nodes": "10.0.0.0/9", "pods": "100.64.0.0/10", "services": "172.20.0.0/14"},
        "reserved": {"office": "10.3.0.0/16", "lab": "100.96.0.0/12"},
    }
    return {
        "apiVersion": "fleet/v1",
        "name": "acme",
        "googleWorkspaceDomain": "acme.example",
        "defaults": {"kubernetes": "1.35"},
        "addressing": {**addressing, **({"domains": domains} if domains else {})},
        "environments": {name: environment(name) for name in ENVIRONMENTS},
        "regions": {name: {"jurisdiction": jurisdiction} for name, jurisdiction in REGIONS.items()},
        "classes": {"standard": {"nodePools": {"system": {"size": {"vcpu": 4, "memoryGiB": 16}, "min": 3, "max": 6}}}},
        "clusters": entries,
    }
