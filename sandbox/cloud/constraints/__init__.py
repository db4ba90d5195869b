"""The third layer of judgement: what the clouds hold to be true between resources, one constraint a file in aws/, gcp/ and shared/."""

from __future__ import annotations

from sandbox.cloud.constraints import registry
from sandbox.cloud.request import Refusal, Request
from sandbox.cloud.store import StoreView


def refusals(request: Request, store: StoreView) -> list[Refusal]:
    """All refusals of a create, update or delete, given what the caller's account holds; at check there are none.

    What is missing comes first: the other constraints stay silent about what they cannot see. Unknown inputs are never refused.
    """
    return [refusal for constraint in registry.judging(request.type, request.phase) for refusal in constraint.judge(request, store)]
