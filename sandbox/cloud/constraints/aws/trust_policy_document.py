"""A role's trust policy has statements, each with an effect, a principal and an action, and is at most 2,048 characters without white
space.

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html; quota: reference_iam-quotas (copy of 2023-06).
Error: MalformedPolicyDocument and LimitExceeded (botocore iam, CreateRole); texts as the API's answers are quoted in public issues.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:iam/role:Role",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

MALFORMED: Final = Fault("iam", "CreateRole", "MalformedPolicyDocumentException")
LIMIT: Final = Fault("iam", "CreateRole", "LimitExceededException")
_PROPERTY: Final = "assumeRolePolicy"
_LONGEST: Final = 2048


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    policy = text(request.inputs, _PROPERTY)
    if not policy:
        return
    document = json.loads(policy)
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict):
            yield MALFORMED.refusal(_PROPERTY, "Syntax errors in policy.")
        elif "Principal" not in statement:
            yield MALFORMED.refusal(
                _PROPERTY, "AssumeRolepolicy must contain principals" if "NotPrincipal" in statement else "Missing required field Principal"
            )
        elif statement.get("Effect") not in ("Allow", "Deny") or "Action" not in statement or "Resource" in statement:
            field = "Has prohibited field Resource" if "Resource" in statement else "Missing required field Effect or Action"
            yield MALFORMED.refusal(_PROPERTY, field)
    size = len(re.sub(r"\s", "", policy))
    if size > _LONGEST:
        yield LIMIT.refusal(_PROPERTY, f"Cannot exceed quota for ACLSizePerRole: {_LONGEST} (it has {size})")
