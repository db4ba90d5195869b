"""What is protected is not deleted: the provider itself refuses it, for GKE clusters by default.

Rule: terraform-provider-google-beta, container/resource_container_cluster.go (deletion_protection, default true) and tpgresource/utils.go
(deletion_policy PREVENT). Error: the provider's own words; its code here is failedPrecondition (canonical codes of container.v1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.cloud.constraints.reading import effective, flag, text
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("*",)
PHASES: Final[tuple[Phase, ...]] = ("delete",)

PROTECTED: Final = Fault("container.v1", "container.projects.locations.clusters.delete", "FAILED_PRECONDITION")


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    if not request.type.startswith("gcp:"):
        return
    held = effective(request)
    if request.type == "gcp:container/cluster:Cluster" and flag(held, "deletionProtection", default=True):
        what = "Cannot destroy cluster because deletion_protection is set to true."
        yield PROTECTED.refusal("deletionProtection", f"{what} Set it to false to proceed with cluster deletion.")
    elif text(held, "deletionPolicy") == "PREVENT":
        what = "cannot destroy resource because deletion_policy is set to PREVENT."
        yield PROTECTED.refusal("deletionPolicy", f"{what} Set it to DELETE or ABANDON to proceed.")
