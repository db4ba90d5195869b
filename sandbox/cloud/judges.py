"""All layers that judge a request, in their order: the declarations, the clouds' API models, what holds between resources."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.cloud import constraints, declarations, models
from sandbox.cloud.request import Refusal, Request
from sandbox.cloud.store import StoreView


def refusals(request: Request, view: StoreView) -> Sequence[Refusal]:
    """What the request is refused for in its phase. What the SDK does not even declare is not judged further. Raises sdk.UnknownType."""
    if request.phase == "check":
        return declarations.refusals(request) or models.refusals(request)
    return models.refusals(request) or constraints.refusals(request, view)
