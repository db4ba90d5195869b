"""GCP: who and where, clusters, key rings, networks. Source: pulumi-gcp 10.2.0, function documentation."""

from __future__ import annotations

import re

from sandbox.cloud.invokes.asking import Asking, NotFound, answers_to
from sandbox.cloud.request import Stored

CLUSTER, KEY_RING = "gcp:container/cluster:Cluster", "gcp:kms/keyRing:KeyRing"


@answers_to("gcp:organizations/getClientConfig:getClientConfig")
def client_config(asking: Asking) -> dict[str, object]:
    """The token says whose it is: it opens nothing outside the sandbox."""
    caller = asking.caller
    where = {"id": f"projects/{caller.account}", "project": caller.account, "region": caller.region, "zone": ""}
    return {**where, "accessToken": f"sandbox.{caller.principal}", "defaultLabels": {}}


@answers_to("gcp:organizations/getProject:getProject")
def project(asking: Asking) -> dict[str, object]:
    """A project's number is drawn from its id."""
    id = str(asking.arguments.get("projectId") or asking.caller.account)
    number = str(10**11 + sum(ord(letter) * 131**index for index, letter in enumerate(id)) % (9 * 10**11))
    return {"id": f"projects/{id}", "projectId": id, "name": id, "number": number, "labels": {}, "effectiveLabels": {}, "pulumiLabels": {}}


@answers_to("gcp:container/getCluster:getCluster")
def cluster(asking: Asking) -> dict[str, object]:
    name, location = asking.arguments.get("name"), asking.arguments.get("location")
    found = [item for item in asking.view.find(CLUSTER, name=name) if location in (None, item.outputs.get("location"))]
    if not found:
        raise NotFound("name", f"projects/{_project(asking)}/locations/{location}/clusters/{name} not found")
    return {**found[0].outputs, "id": found[0].id}


@answers_to("gcp:kms/getKeyRings:getKeyRings")
def key_rings(asking: Asking) -> dict[str, object]:
    """All rings of a location: those that were destroyed with a stack are still there."""
    location = asking.arguments.get("location")
    found = [item for item in asking.view.find(KEY_RING, location=location) if _passes(asking.arguments.get("filter"), item)]
    rings = [{"id": item.id, "name": item.id} for item in found]
    return {**asking.arguments, "id": f"projects/{_project(asking)}/locations/{location}/keyRings", "keyRings": rings}


def _project(asking: Asking) -> object:
    return asking.arguments.get("project") or asking.caller.account


def _passes(text: object, stored: Stored) -> bool:
    """`name:TEXT` (contains) and `name=TEXT` (is) of the list filter syntax; the rest of that syntax is refused."""
    if not isinstance(text, str) or not text:
        return True
    match = re.fullmatch(r'\s*name\s*([:=])\s*"?([^"]+)"?\s*', text)
    if match is None:
        raise NotFound("filter", f"Invalid list filter: {text}; the simulated cloud reads name:TEXT and name=TEXT")
    return match.group(2) == stored.id if match.group(1) == "=" else match.group(2) in stored.id
