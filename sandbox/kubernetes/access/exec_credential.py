"""The answer of a login program to kubectl: an ExecCredential, in the version that was asked for.

Source: Kubernetes documentation, "client-go credential plugins" (client.authentication.k8s.io/v1 and v1beta1), 2026.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandbox.cloud.database import open_store
from sandbox.cloud.view import View
from sandbox.kubernetes.access import directory
from sandbox.kubernetes.facts import ClusterFacts, clusters

INFORMATION: Final = "KUBERNETES_EXEC_INFO"
PRINCIPAL: Final = "FLEET_SANDBOX_PRINCIPAL"
"""Variable that names who is logged in to the clouds' command lines; empty: the deployer of the cluster that is asked for."""
API: Final = "client.authentication.k8s.io/v1beta1"


class Denied(Exception):
    """No token for this one. The text says why, and what to do."""


def render(token: str, end: datetime) -> str:
    """The credential as JSON."""
    status = {"expirationTimestamp": end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "token": token}
    version = information().get("apiVersion") or API
    return json.dumps({"kind": "ExecCredential", "apiVersion": version, "spec": {}, "status": status})


def information() -> Mapping[str, object]:
    """What kubectl says of itself and, where it is told to, of the cluster; empty outside kubectl."""
    found: Mapping[str, object] = json.loads(os.environ.get(INFORMATION) or "{}")
    return found


def principal(state: Path, named: str, is_meant: Callable[[ClusterFacts], bool]) -> str:
    """Whom a token is for: the one named, else who is logged in, else the deployer of the cluster that is meant. Raises Denied.

    Denied: nobody is named and no cluster is meant, or the one named is not in the directory.
    """
    store = open_store(state)
    try:
        view = View(store, None)
        known = directory.remember(state, view).principals
        wanted = named or os.environ.get(PRINCIPAL, "") or next((one.deployer for one in clusters(view) if is_meant(one)), "")
    finally:
        store.close()
    if not wanted:
        raise Denied(f"nobody is logged in: say who with {PRINCIPAL}=PRINCIPAL (`fleet sandbox principals` lists them)")
    if wanted not in known:
        raise Denied(f"{wanted} does not exist in the sandbox: `fleet sandbox principals` lists who does, and adds")
    return wanted
