"""The second layer of judgement: what the clouds' own published API models say about a resource's properties.

AWS's models are botocore's service-2.json, Google's the discovery documents of google-api-python-client; `types/` says which member a
property is. What the providers validate themselves is refused at check; what they pass on is refused by the API, at create and update.
"""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.cloud.models import faults, wording
from sandbox.cloud.models.judge import Violation, violations
from sandbox.cloud.models.mapping import TypeModel, type_model
from sandbox.cloud.request import Refusal, Request


def refusals(request: Request) -> list[Refusal]:
    """What the API model, and the provider's own checks, refuse in the request's phase; empty for types without a file in types/.

    At check: what the provider validates. At create and update: what only the API does. At delete nothing.
    """
    model = type_model(request.type)
    if model is None or request.phase == "delete":
        return []
    at_check = request.phase == "check"
    found = (each for each in violations(model, request.inputs) if model.checked_by_api_only(each.plain_path) != at_check)
    return list(_refusals(model, found, at_check))


def _refusals(model: TypeModel, found: Iterator[Violation], at_check: bool) -> Iterator[Refusal]:
    fault = faults.invalid(model.file.service, model.file.operation)
    by_api = wording.by_google if "." in model.file.service else wording.by_aws
    for violation in found:
        yield fault.refusal(violation.path, wording.by_provider(violation) if at_check else by_api(violation))
