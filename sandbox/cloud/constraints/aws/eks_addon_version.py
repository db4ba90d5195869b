"""An add-on is one that EKS has, at a version that it offers for the cluster's minor.

Rule: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html. Versions: the catalogue, of the add-ons that it
knows.
Error: InvalidParameterException (botocore eks), texts as measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from fleet.catalog import addon_settings, addon_versions, managed_addons
from sandbox.cloud.constraints.reading import holds, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/addon:Addon",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateAddon", "InvalidParameterException")
_FORM: Final = re.compile(r"v\d+\.\d+\.\d+-eksbuild\.\d+")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    name, version = text(request.inputs, "addonName"), text(request.inputs, "addonVersion")
    cluster = store.get("aws:eks/cluster:Cluster", text(request.inputs, "clusterName"))
    minor = text(holds(cluster), "version") if cluster is not None else ""
    if version and not _FORM.fullmatch(version):
        yield INVALID.refusal("addonVersion", f"Addon version specified is not supported: {version}")
    elif version and minor and (offered := _offered(name, minor)) and version not in offered:
        reason = f"Addon version specified is not supported: {name} {version} on Kubernetes {minor}; supported: {', '.join(offered)}"
        yield INVALID.refusal("addonVersion", reason)
    yield from _configuration(request)


def _offered(name: str, minor: str) -> tuple[str, ...]:
    """Empty where the catalogue does not know the add-on."""
    known = next((addon for addon in managed_addons() if addon_settings(addon).eks_name == name), name)
    return addon_versions(known, minor)


def _configuration(request: Request) -> Iterator[Refusal]:
    values = text(request.inputs, "configurationValues")
    if values.lstrip().startswith("{"):
        try:
            json.loads(values)
        except json.JSONDecodeError as error:
            yield INVALID.refusal("configurationValues", f"ConfigurationValue provided in request is not supported: {error}")
