"""An EKS cluster's authentication mode only moves towards API, one way.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html (2025-06).
Error: InvalidParameterException (botocore eks, UpdateClusterConfig); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import effective, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = ("update",)

INVALID: Final = Fault("eks", "UpdateClusterConfig", "InvalidParameterException")
_PROPERTY: Final = "accessConfig.authenticationMode"
_ORDER: Final = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    before, after = text(effective(request), _PROPERTY) or _ORDER[0], text(request.inputs, _PROPERTY)
    if before in _ORDER and after in _ORDER and _ORDER.index(after) < _ORDER.index(before):
        yield INVALID.refusal(_PROPERTY, f"Unsupported authentication mode update from {before} to {after}")
