"""The merged settings of one cluster, typed: every value present, still with names of the spec."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

TaintEffect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class _Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    pass


class Size(_Settings, frozen=True):
    vcpu: int
    memory_gib: int = msgspec.field(name="memoryGiB")


class Types(_Settings, frozen=True):
    aws: list[str] = []
    gcp: list[str] = []


class Taint(_Settings, frozen=True):
    effect: TaintEffect
    value: str = ""


class Pool(_Settings, frozen=True):
    """A node pool with everything merged; exactly one of size and types is wanted, which `clusters` checks."""

    min: int
    max: int
    capacity: Literal["on-demand", "spot"]
    disk_gib: int = msgspec.field(name="diskGiB")
    labels: dict[str, str]
    taints: dict[str, TaintEffect | Taint]
    size: Size | None = None
    types: Types | None = None
    architecture: Literal["amd64", "arm64"] | None = None
    max_pods: int | None = None
    kubernetes: str | None = None
    zones: list[str] | None = None


class Identity(_Settings, frozen=True):
    aws: list[str] = []
    gcp: list[str] = []


class Addon(_Settings, frozen=True):
    version: str | None = None
    configuration: dict[str, Any] = {}
    values: dict[str, Any] = {}
    identity: Identity = Identity()


class Kubeconfig(_Settings, frozen=True):
    environment_variable: str | None = None
    file: str | None = None


class ControlPlane(_Settings, frozen=True):
    endpoint: Literal["private", "public"]
    public_cidrs: list[str]


class Network(_Settings, frozen=True):
    nodes_prefix: int
    pods_prefix: int
    services_prefix: int


class Maintenance(_Settings, frozen=True):
    days: list[str]
    start: str
    hours: int


class Settings(_Settings, frozen=True):
    kubernetes: str
    channel: Literal["rapid", "regular", "stable", "extended"]
    support_type: Literal["standard", "extended"]
    log_retention_days: int
    control_plane: ControlPlane
    network: Network
    maintenance: Maintenance
    node_pools: dict[str, Pool]
    addons: dict[str, Addon]
    tags: dict[str, str]
    kubeconfig: Kubeconfig | None = None
    kind: str | None = None
    zones: list[str] | None = None


def typed(merged: dict[str, Any]) -> Settings:
    """Type the merged map; raises msgspec.ValidationError whose text names what is missing or wrong and ends in its `$.path`."""
    return msgspec.convert(merged, Settings)
