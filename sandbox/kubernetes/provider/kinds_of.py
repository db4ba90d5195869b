"""Which kind a type token is of."""

from __future__ import annotations

from sandbox.kubernetes.provider.kinds import Kind
from sandbox.kubernetes.provider.kubernetes_object import KubernetesObject
from sandbox.kubernetes.provider.objects import type_of

RELEASE = "kubernetes:helm.sh/v3:Release"


def kind_of(token: str) -> Kind:
    """Raises ValueError for a token that names no kind."""
    if token == RELEASE:
        from sandbox.kubernetes.provider.helm.release import Release

        return Release()
    return KubernetesObject(type_of(token))
