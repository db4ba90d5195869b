"""A node group does not repeat what its launch template says, keeps its labels off reserved prefixes, and has one update limit.

Rule: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html (2025-06).
Error: InvalidParameterException (botocore eks); texts as measured by cdk-preflight, 2026-09-25.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.cloud.constraints.reading import holds, integer, text, texts, value
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:eks/nodeGroup:NodeGroup",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("eks", "CreateNodegroup", "InvalidParameterException")
_RESERVED: Final = ("kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    inputs = request.inputs
    yield from _labels(request)
    if integer(inputs, "updateConfig.maxUnavailable") and integer(inputs, "updateConfig.maxUnavailablePercentage"):
        yield INVALID.refusal("updateConfig", "Only one of maxUnavailable and maxUnavailablePercentage can be specified")
    if not isinstance(value(inputs, "launchTemplate"), Mapping):
        return
    for property in ("diskSize", "remoteAccess"):
        if request.phase == "create" and value(inputs, property) is not None:
            name = {"diskSize": "Disk size", "remoteAccess": "Remote access configuration"}[property]
            yield INVALID.refusal(property, f"{name} must be specified within the launch template.")
    template = _template(request, store)
    if template is not None:
        yield from _template_refusals(request, template)


def _labels(request: Request) -> Iterator[Refusal]:
    labels = value(request.inputs, "labels")
    for key in labels if isinstance(labels, Mapping) else ():
        if key.startswith(_RESERVED):
            yield INVALID.refusal("labels", f"Label cannot start with reserved prefixes [{', '.join(_RESERVED)}]: {key}")


def _template(request: Request, store: StoreView) -> Stored | None:
    type = "aws:ec2/launchTemplate:LaunchTemplate"
    by_id, name = text(request.inputs, "launchTemplate.id"), text(request.inputs, "launchTemplate.name")
    return store.get(type, by_id) if by_id else next(iter(store.find(type, name=name)), None)


def _template_refusals(request: Request, template: Stored) -> Iterator[Refusal]:
    held = holds(template)
    if text(held, "instanceType") and texts(request.inputs, "instanceTypes"):
        yield INVALID.refusal("instanceTypes", "Cannot specify instance types in launch template and API request")
    if texts(held, "networkInterfaces.subnetId"):
        yield INVALID.refusal("launchTemplate", "Launch template should not specify an interface with a subnet ID")
    if text(held, "iamInstanceProfile.arn") or text(held, "iamInstanceProfile.name"):
        yield INVALID.refusal(
            "launchTemplate", "Launch template should not specify an instance profile. The noderole in your request will be used"
        )
    if text(held, "imageId") and (text(request.inputs, "amiType") not in ("", "CUSTOM") or text(request.inputs, "version")):
        yield INVALID.refusal("amiType", "You cannot specify an AMI Type or version when specifying an image id in your launch template.")
