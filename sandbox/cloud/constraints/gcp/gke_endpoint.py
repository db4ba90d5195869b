"""A private endpoint only comes with authorized networks, whose ranges are canonical, 50 at most; some endpoint stays on.

Rule: https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters; container.v1, MasterAuthorizedNetworksConfig,
ControlPlaneEndpointsConfig.
Error: badRequest (container.v1, canonical codes); the texts are unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.cloud.constraints.networks import network
from sandbox.cloud.constraints.reading import flag, is_unknown, strings, value
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request
from sandbox.cloud.store import StoreView

TYPES: Final = ("gcp:container/cluster:Cluster",)
PHASES: Final[tuple[Phase, ...]] = (
    "create",
    "update",
)

INVALID: Final = Fault("container.v1", "container.projects.locations.clusters.create", "INVALID_ARGUMENT")
_AUTHORIZED: Final = "masterAuthorizedNetworksConfig"
_MOST_RANGES: Final = 50


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    inputs = request.inputs
    private = flag(inputs, "privateClusterConfig.enablePrivateEndpoint", default=False)
    if private and value(inputs, _AUTHORIZED) is None and not is_unknown(inputs, _AUTHORIZED):
        yield INVALID.refusal(_AUTHORIZED, "Master authorized networks must be enabled with a private endpoint.")
    ranges = tuple(strings(inputs, f"{_AUTHORIZED}.cidrBlocks.cidrBlock"))
    if len(ranges) > _MOST_RANGES:
        yield INVALID.refusal(_AUTHORIZED, f"At most {_MOST_RANGES} master authorized networks are allowed, got {len(ranges)}.")
    for path, cidr in ranges:
        if network(cidr) is None and ":" not in cidr:
            yield INVALID.refusal(path, f'Invalid master authorized networks: network "{cidr}" is not a valid CIDR range.')
    if not _on(inputs, "ipEndpointsConfig.enabled", default=True) and not _on(
        inputs, "dnsEndpointConfig.allowExternalTraffic", default=False
    ):
        yield INVALID.refusal("controlPlaneEndpointsConfig", "At least one of the IP endpoints and the DNS endpoint must be enabled.")


def _on(inputs: Mapping[str, object], switch: str, default: bool) -> bool:
    path = f"controlPlaneEndpointsConfig.{switch}"
    return is_unknown(inputs, path) or flag(inputs, path, default)
