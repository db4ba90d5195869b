"""A subnet's zone, by name or by id, is one of its region.

Rule: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html. Zones: the catalogue's regions.
Error: InvalidParameterValue, EC2 error code reference; text as the API's answer is quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints import catalogue
from sandbox.cloud.constraints.aws_networks import zone_names
from sandbox.cloud.constraints.reading import region, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("aws:ec2/subnet:Subnet",)
PHASES: Final[tuple[Phase, ...]] = ("create",)

VALUE: Final = Fault("ec2", "CreateSubnet", "InvalidParameterValue")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    found = catalogue.region("aws", region(request))
    if found is None:
        return
    for property, zones in (("availabilityZone", zone_names(found)), ("availabilityZoneId", found.zones)):
        wanted = text(request.inputs, property)
        if wanted and wanted not in zones:
            offer = f"Subnets can currently only be created in the following availability zones: {', '.join(zones)}."
            yield VALUE.refusal(property, f"Value ({wanted}) for parameter {property} is invalid. {offer}")
