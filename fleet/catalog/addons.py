"""EKS managed add-ons: their versions by Kubernetes minor, and how each is set to survive the loss of a node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import msgspec

from fleet.catalog.table import flag, rows
from fleet.catalog.versions import minor_number


class AddonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What one managed add-on needs.

    eks_name: its name in the EKS API. after_nodes: it needs a node to become healthy. service_account (in kube-system) and policy_arns:
    the cloud rights it is given, none where the vendor's suggestion is too broad. configuration: JSON values, as EKS takes them.
    """

    name: str
    eks_name: str
    after_nodes: bool
    service_account: str | None
    policy_arns: tuple[str, ...]
    configuration: Mapping[str, object]
    source: str


def managed_addons() -> tuple[str, ...]:
    """Names of the EKS managed add-ons, in the order in which they are installed."""
    return tuple(_settings())


def addon_settings(addon: str) -> AddonSettings:
    """The settings of one managed add-on. Raises KeyError for a name that `managed_addons` does not have."""
    return _settings()[addon]


@cache
def addon_versions(addon: str, minor: str) -> tuple[str, ...]:
    """Versions of a managed add-on for a Kubernetes minor (`1.35`), oldest first; empty where none is known."""
    number = minor_number(minor)
    fitting = {version for version, least, most in _versions().get(addon, ()) if least <= number <= most}
    return tuple(sorted(fitting, key=_version_key))


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


@cache
def _versions() -> Mapping[str, tuple[tuple[str, int, int], ...]]:
    """Add-on -> (version, lowest minor, highest minor)."""
    found: dict[str, tuple[tuple[str, int, int], ...]] = {}
    for row in rows("addons"):
        if row["delivery"] == "eks-addon":
            bounds = (minor_number(row["kubernetes_min"]), minor_number(row["kubernetes_max"]))
            found[row["addon"]] = (*found.get(row["addon"], ()), (row["version"], *bounds))
    return found


@cache
def _settings() -> Mapping[str, AddonSettings]:
    return MappingProxyType({row["addon"]: _addon(row) for row in rows("addon-settings")})


def _addon(row: Mapping[str, str]) -> AddonSettings:
    return AddonSettings(
        name=row["addon"],
        eks_name=row["eks_name"],
        after_nodes=flag(row["after_nodes"]),
        service_account=row["service_account"] or None,
        policy_arns=tuple(row["policy_arns"].split()),
        configuration=msgspec.json.decode(row["configuration"]),
        source=row["source"],
    )
