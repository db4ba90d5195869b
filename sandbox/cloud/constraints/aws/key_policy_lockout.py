"""A key's policy leaves its own account, or the caller, able to change it, unless the safety check is bypassed.

Rule: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html (2026-09).
Error: MalformedPolicyDocumentException (botocore kms, CreateKey); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.arns import part
from sandbox.cloud.constraints.policies import allows
from sandbox.cloud.constraints.reading import flag, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:kms/key:Key",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

MALFORMED: Final = Fault("kms", "CreateKey", "MalformedPolicyDocumentException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    policy, caller = text(request.inputs, "policy"), request.caller
    if not policy or flag(request.inputs, "bypassPolicyLockoutSafetyCheck", default=False):
        return
    root = f"arn:{part(caller.principal, 'partition')}:iam::{caller.account}:root"
    if not any(allows(policy, principal, ("kms:PutKeyPolicy",)) for principal in (root, caller.principal)):
        yield MALFORMED.refusal("policy", "The new key policy will not allow you to update the key policy in the future.")
