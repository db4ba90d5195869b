"""A protected log group is not deleted: deletionProtectionEnabled must be set to false before.

Rule: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html (botocore logs,
deletionProtectionEnabled).
Error: ValidationException (botocore logs, DeleteLogGroup); the text is unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import effective, flag
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:cloudwatch/logGroup:LogGroup",)
PHASES: Final[tuple[Phase, ...]] = ("delete",)

PROTECTED: Final = Fault("logs", "DeleteLogGroup", "ValidationException")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    if flag(effective(request), "deletionProtectionEnabled", default=False):
        reason = f"Log group {request.id} has deletion protection enabled. Set deletionProtectionEnabled to false first, then delete"
        yield PROTECTED.refusal("deletionProtectionEnabled", reason)
