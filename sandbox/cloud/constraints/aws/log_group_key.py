"""A log group's key is of its region, and its key policy lets CloudWatch Logs of that region use it for this log group.

Rule: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html (2026-09). A key without a policy of its own does
not.
Error: InvalidParameterException (botocore logs, CreateLogGroup); text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.arns import part
from sandbox.cloud.constraints.policies import allows
from sandbox.cloud.constraints.reading import holds, region, text, value
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:cloudwatch/logGroup:LogGroup",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("logs", "CreateLogGroup", "InvalidParameterException")
_CONTEXT: Final = "kms:EncryptionContext:aws:logs:arn"
_ACTIONS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    arn, here = text(request.inputs, "kmsKeyId"), region(request)
    key = next(iter(store.everywhere.find("aws:kms/key:Key", arn=arn)), None) if arn else None
    if key is None or not here:
        return
    group = f"arn:{part(arn, 'partition')}:logs:{here}:{request.caller.account}:log-group:{text(request.inputs, 'name')}"
    usable = allows(value(holds(key), "policy"), f"logs.{here}.amazonaws.com", _ACTIONS, {_CONTEXT: group})
    if part(arn, "region") != here or not usable:
        reason = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
        yield INVALID.refusal("kmsKeyId", f"{reason}: its key policy must let logs.{here}.amazonaws.com use it")
