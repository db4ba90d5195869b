"""The facts of GCP resources. What is left out counts as GCP has it (Container and Cloud KMS discovery documents, 2026-10)."""

from __future__ import annotations

from typing import Any

from fleet.policies.subject import is_unknown, unknown
from policies.pack.adapted import Adapted
from policies.pack.reading import at, both, each, either, given_tags, negated
from policies.pack.resource import Resource

_KEY = "gcp:kms/cryptoKey:CryptoKey"
_RING = "gcp:kms/keyRing:KeyRing"
_ANYWHERE = ["0.0.0.0/0"]
_DAY_SECONDS = 86400


def cluster(resource: Resource) -> Adapted:
    """A GKE cluster: public by its IP endpoint unless that is private or off, and by a DNS endpoint that takes traffic from outside."""
    inputs = resource.inputs
    location = at(inputs, "location", default=unknown("its provider's default decides"))
    return Adapted(
        "cluster",
        region(location),
        {
            "zones": _zones(inputs, location),
            **_endpoint(inputs),
            "encryption.secretsKey": _secrets_key(resource),
            "deletionProtection": at(inputs, "deletionProtection", default=True),
            "kubernetes": at(inputs, "minMasterVersion", default=unknown("no version is given, so GKE takes its channel's")),
            "tags": given_tags(at(inputs, "resourceLabels", default={})),
        },
    )


def key(resource: Resource) -> Adapted:
    """A key. Its region is its ring's."""
    period = at(resource.inputs, "rotationPeriod")
    rotation: dict[str, Any] = {"rotation.enabled": period if is_unknown(period) else period is not None}
    rotation["rotation.days"] = _days(period) if isinstance(period, str) else unknown("it is off")
    return Adapted("key", region(_ring_location(resource)), rotation)


def network(resource: Resource) -> Adapted:
    """A network is global: what its subnetworks say of a region is theirs. That of its provider is the one it is for."""
    return Adapted("network", at(resource.provider, "region", default=unknown("a network is global")), {})


def node_pool(resource: Resource) -> Adapted:
    location = at(resource.inputs, "location", default=unknown("its cluster decides"))
    spot = at(resource.inputs, "nodeConfig", "spot", default=False)
    machine = at(resource.inputs, "nodeConfig", "machineType", default="e2-medium")
    facts = {
        "zones": _zones(resource.inputs, location),
        "capacity": spot if is_unknown(spot) else "spot" if spot else "on-demand",
        "instanceTypes": machine if is_unknown(machine) else [machine],
    }
    return Adapted("nodePool", region(location), facts)


def region(location: Any) -> Any:
    """The region of a location, which may be a zone (`europe-west4-a`)."""
    if not isinstance(location, str):
        return location
    return location.rsplit("-", 1)[0] if location.count("-") == 2 else location


def _endpoint(inputs: Any) -> dict[str, Any]:
    endpoints = at(inputs, "controlPlaneEndpointsConfig")
    by_address = at(endpoints, "ipEndpointsConfig", "enabled", default=True)
    private = at(inputs, "privateClusterConfig", "enablePrivateEndpoint", default=False)
    by_name = at(endpoints, "dnsEndpointConfig", "allowExternalTraffic", default=False)
    public = either([by_name, both(by_address, negated(private))])
    given = at(inputs, "masterAuthorizedNetworksConfig", default={"cidrBlocks": [{"cidrBlock": one} for one in _ANYWHERE]})
    ranges = given if is_unknown(given) else each(at(given, "cidrBlocks", default=[]), "cidrBlock")
    return {"endpoint.public": public, "endpoint.publicRanges": public if is_unknown(public) else ranges if public else []}


def _secrets_key(resource: Resource) -> Any:
    state = at(resource.inputs, "databaseEncryption", "state", default="DECRYPTED")
    if is_unknown(state):
        return state
    if state not in ("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"):
        return False
    if resource.links is None:
        return unknown("whose key it is shows with the whole stack")
    own = [other for other in resource.links.get("databaseEncryption", []) if other.type == _KEY]
    return True if own else unknown("its key is not in this stack")


def _ring_location(resource: Resource) -> Any:
    """From the ring's id (`projects/p/locations/l/keyRings/r`), or before it is known from the ring."""
    ring = at(resource.inputs, "keyRing")
    if isinstance(ring, str) and "/locations/" in ring:
        return ring.split("/locations/")[1].split("/")[0]
    rings = [other for other in (resource.links or {}).get("keyRing", []) if other.type == _RING]
    return at(rings[0].inputs, "location") if rings else unknown("where its ring is shows with the whole stack")


def _zones(inputs: Any, location: Any) -> Any:
    """The node locations, and the one zone where the location is a zone."""
    if isinstance(location, str) and region(location) != location:
        return [location]
    zones = at(inputs, "nodeLocations", default=unknown("none are given, so GKE chooses them"))
    return zones if is_unknown(zones) or any(map(is_unknown, zones)) else sorted(zones)


def _days(period: str) -> int:
    """`7776000s` as 90."""
    return int(float(period.removesuffix("s")) / _DAY_SECONDS)
