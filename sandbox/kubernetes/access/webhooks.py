"""Tells each API server where its cloud answers: the flags and files of its two webhooks, and the address they share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.kubernetes.access import secret
from sandbox.kubernetes.access.serving import port_of
from sandbox.kubernetes.facts import ClusterFacts
from sandbox.kubernetes.runtime import certificates, places

PORT, CA, SERVING = "webhooks", "ca.crt", "serving.pem"
NAME: Final = "access.sandbox.fleet"
CACHE: Final = "1s"
"""How long an API server may go by an answer: what is taken away in the cloud is taken away in the cluster after that."""
TOKEN, ACCESS = "token", "access"  # noqa: S105 - what is asked


@dataclass(frozen=True)
class Place:
    """Where the clouds answer their API servers. serving: certificate and key in one PEM file."""

    port: int
    ca_file: Path
    serving: Path

    def url(self, key: str, question: str) -> str:
        """Where the cluster of this key asks a question (TOKEN, ACCESS)."""
        return f"https://{places.LOOPBACK}:{self.port}/{key}/{question}"


def configs(state: Path, cluster: ClusterFacts) -> Mapping[str, str]:
    """The flags of an API server that ask the clouds who comes and what for; the files they name are written."""
    place, home = allot(state), places.allot(state, cluster.uid).folder
    files = {question: home / f"{question}-webhook-{place.port}.json" for question in (TOKEN, ACCESS)}
    for question, path in files.items():
        places.write_secret(path, json.dumps(_kubeconfig(place, place.url(cluster.key, question))).encode())
    return {
        "authentication-token-webhook-config-file": str(files[TOKEN]),
        "authentication-token-webhook-version": "v1",
        "authentication-token-webhook-cache-ttl": CACHE,
        "authorization-webhook-config-file": str(files[ACCESS]),
        "authorization-webhook-version": "v1",
        "authorization-webhook-cache-authorized-ttl": CACHE,
        "authorization-webhook-cache-unauthorized-ttl": CACHE,
    }


def allot(state: Path, *, anew: bool = False) -> Place:
    """The place, made at the first call. anew: on another port, as somebody else has the kept one."""
    folder = secret.folder(state)
    if not (folder / SERVING).exists():
        _certify(folder)
    return Place(port_of(state, PORT, anew=anew), folder / CA, folder / SERVING)


def _certify(folder: Path) -> None:
    made = certificates.authority(NAME)
    serving = certificates.server(made, [NAME], [places.LOOPBACK])
    (folder / CA).write_bytes(made.certificate)
    places.write_secret(folder / SERVING, serving.certificate + serving.key)


def _kubeconfig(place: Place, url: str) -> dict[str, object]:
    """The form that the API server wants of a webhook's address (Kubernetes documentation, "Webhook Token Authentication", 1.35)."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "cloud", "cluster": {"server": url, "certificate-authority": str(place.ca_file)}}],
        "users": [{"name": "api-server", "user": {}}],
        "contexts": [{"name": "cloud", "context": {"cluster": "cloud", "user": "api-server"}}],
        "current-context": "cloud",
    }
