"""A value that the provider passes on unchecked must fit the API's own published model: the API refuses it at create or update.

Rule: the `api` properties of sandbox/cloud/models/types/*.yaml. Error: the service's own for invalid
values (sandbox/cloud/models/codes.yaml).
"""

from __future__ import annotations

from typing import Final

from sandbox.cloud import models
from sandbox.cloud.constraints.registry import ANY
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ANY
PHASES: Final[tuple[Phase, ...]] = ("create", "update")


def refusals(request: Request, store: StoreView) -> list[Refusal]:
    return models.refusals(request)
