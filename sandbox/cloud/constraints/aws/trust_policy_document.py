"""A role's trust policy has statements, each with effect, principal and action, and 2,048 characters at most.

Rule: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html; quota: reference_iam-quotas (copy of 2023-06).
Error: MalformedPolicyDocument and LimitExceeded (botocore iam, CreateRole); texts as the API's answers are quoted in public issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.policies import document, statements
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
    problem = next(_problems(policy), "")
    if problem:
        yield MALFORMED.refusal(_PROPERTY, problem)
    size = len(re.sub(r"\s", "", policy))
    if size > _LONGEST:
        yield LIMIT.refusal(_PROPERTY, f"Cannot exceed quota for ACLSizePerRole: {_LONGEST} (it has {size})")


def _problems(policy: str) -> Iterator[str]:
    read = document(policy)
    if read is None:
        yield "This policy contains invalid Json"
        return
    found = list(statements(read))
    if not found:
        yield "Syntax errors in policy."
    for statement in found:
        missing = [field for field in ("Effect", "Action", "Principal") if field not in statement and f"Not{field}" not in statement]
        if missing:
            yield f"Missing required field {missing[0]}"
        if "NotPrincipal" in statement:
            yield "AssumeRolepolicy must contain principals"
        if "Resource" in statement:
            yield "Has prohibited field Resource"
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield f"Invalid effect: {statement.get('Effect')}"
