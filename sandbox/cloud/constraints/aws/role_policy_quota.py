"""A role has ten managed policies at most (the default quota).

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (copy of 2023-06).
Error: LimitExceeded (botocore iam, AttachRolePolicy); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:iam/rolePolicyAttachment:RolePolicyAttachment",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

LIMIT: Final = Fault("iam", "AttachRolePolicy", "LimitExceededException")
_MOST: Final = 10


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    role = text(request.inputs, "role")
    if role and len(store.find("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role)) >= _MOST:
        yield LIMIT.refusal("role", f"Cannot exceed quota for PoliciesPerRole: {_MOST}")
