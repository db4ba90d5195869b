"""Make fleets of any size that look like real ones: classes, overrides, exceptions, teams; the same bytes for the same size."""

from __future__ import annotations

import random
from typing import Any

AWS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2", "ap-northeast-1", "ca-central-1", "eu-west-2")
GCP = ("europe-west4", "us-east4", "europe-west1", "us-central1", "asia-northeast1")
JURISDICTIONS = {
    "eu-west-1": "EU", "eu-central-1": "EU", "us-east-1": "US", "us-west-2": "US", "ap-southeast-2": "AU", "ap-northeast-1": "JP",
    "ca-central-1": "CA", "eu-west-2": "UK", "europe-west4": "EU", "us-east4": "US", "europe-west1": "EU", "us-central1": "US",
    "asia-northeast1": "JP",
}  # fmt: skip
STAGES = ("dev", "staging", "prod")
_PER_ENVIRONMENT = 60
"""Clusters an environment holds; more clusters are more environments, as larger companies have more business units."""


def fleet(clusters: int) -> dict[str, Any]:
    """A spec with exactly `clusters` clusters."""
    dice = random.Random(clusters)
    environments = _environments(max(3, -(-clusters // _PER_ENVIRONMENT)))
    return {
        "apiVersion": "fleet/v1",
        "name": "acme",
        "googleWorkspaceDomain": "acme.example",
        "defaults": {"kubernetes": "1.35", "channel": "regular", "logRetentionDays": 365, "tags": {"owner": "platform"}},
        "addressing": {
            "pools": {"nodes": "10.0.0.0/9", "pods": "100.64.0.0/10", "services": "172.20.0.0/14"},
            "reserved": {"head-office": "10.10.0.0/16"},
        },
        "environments": environments,
        "regions": {region: {"jurisdiction": JURISDICTIONS[region]} for region in (*AWS, *GCP)},
        "classes": _classes(),
        "clusters": _clusters(clusters, list(environments), dice),
        "overrides": _overrides(),
        "teams": _teams(list(environments)),
    }


def _environments(count: int) -> dict[str, Any]:
    found = {}
    for index in range(count):
        stage = STAGES[index % 3]
        name = f"{stage}{index // 3 or ''}"
        account = f"{100000000000 + index}"
        found[name] = {
            "accounts": {"aws": account, "gcp": f"acme-{name}"},
            "deployer": {
                "aws": f"arn:aws:iam::{account}:role/fleet-deployer",
                "gcp": f"fleet-deployer@acme-{name}.iam.gserviceaccount.com",
                "reach": {"runner": "in-network"},
            },
            "protect": stage == "prod",
        }
    return found


def _classes() -> dict[str, Any]:
    system = {"size": {"vcpu": 4, "memoryGiB": 16}, "min": 3, "max": 6, "taints": {"CriticalAddonsOnly": "NoSchedule"}}
    general = {"types": {"aws": ["m7i.xlarge", "m6i.xlarge"], "gcp": ["n2-standard-4"]}, "min": 3, "max": 12}
    memory = {"size": {"vcpu": 8, "memoryGiB": 64}, "min": 3, "max": 9, "diskGiB": 200, "labels": {"workload": "database"}}
    return {
        "standard": {"nodePools": {"system": system, "general": general}, "addons": {"metrics-server": {}}},
        "data": {"nodePools": {"system": system, "memory": memory}, "addons": {"metrics-server": {}, "snapshot-controller": {}}},
        "edge": {"nodePools": {"system": system}},
    }


def _clusters(count: int, environments: list[str], dice: random.Random) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    left = count
    while left:
        entry: dict[str, Any] = {"class": dice.choice(("standard", "standard", "data", "edge")), "in": {}}
        for environment in dice.sample(environments, min(3, len(environments))):
            regions = dice.sample((*AWS, *GCP), dice.randint(1, 5))[:left]
            if regions:
                entry["in"][environment] = sorted(regions)
                left -= len(regions)
        if dice.random() < 0.1:
            entry["nodePools"] = {"system": {"max": dice.randint(6, 12)}}
        entries[f"service-{len(entries):04}"] = entry
    return entries


def _overrides() -> list[dict[str, Any]]:
    return [
        {"match": {"region": "us-east-1", "class": "standard"}, "set": {"nodePools": {"general": {"max": 24}}}},
        {"match": {"jurisdiction": "JP"}, "set": {"logRetentionDays": 731}},
        {"match": {"class": "data", "cloud": "gcp"}, "set": {"nodePools": {"memory": {"max": 12}}}},
    ]


def _teams(environments: list[str]) -> dict[str, Any]:
    def groups(team: str) -> dict[str, Any]:
        return {
            "aws": {name: f"arn:aws:iam::{100000000000 + index}:role/{team}" for index, name in enumerate(environments)},
            "gcp": f"{team}@acme.example",
        }

    tiers = {"dev": "tenant-admin", "staging": "developer", "prod": "viewer"}
    return {
        team: {"groups": groups(team), "access": {name: tiers[name.rstrip("0123456789")] for name in environments}}
        for team in ("payments", "analytics", "search")
    }
