"""A cluster that exists already: no resource of a cloud's, the same platform as those that fleet builds.

Its kubeconfig is the operator's: read when the program runs, kept in the state as a secret only.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pulumi

from components.cluster.base import ClusterComponent, Connection, Ground, Networks
from components.names import Origin
from components.providers import Providers
from fleet.blueprint.model import RegisteredCluster


class UnreadableKubeconfig(pulumi.RunError):
    """A registered cluster's kubeconfig that is missing or of no use; the message says where and what to do."""


class Registered(ClusterComponent):
    def __init__(self, cluster: RegisteredCluster) -> None:
        super().__init__("fleet:cluster:Registered", cluster.identity, None, pulumi.ResourceOptions(protect=cluster.protect))
        text = read(cluster)
        server = _server(cluster, text)
        self.connection = Connection(
            endpoint=server.server,
            certificate_authority=server.certificate_authority_data,
            oidc_issuer=None,
            kubeconfig=pulumi.Output.secret(text),
        )
        self.ground = Ground(identifier=cluster.cluster_id, cluster=None, before=(), identity_endpoints=(), identities={})
        self.register_outputs({"endpoint": server.server})


def build(cluster: RegisteredCluster, origin: Origin, providers: Providers, networks: Networks) -> Registered:
    return Registered(cluster)


def read(cluster: RegisteredCluster) -> str:
    """The kubeconfig's text. A relative file is one of the project, in whose folder the program runs. Raises UnreadableKubeconfig."""
    if cluster.environment_variable is not None:
        text = os.environ.get(cluster.environment_variable, "")
        if not text.strip():
            raise _unreadable(cluster, "is not set or empty", "Set it to the kubeconfig's text (not to its path)")
        return text
    try:
        return Path(str(cluster.file)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(cluster, f"cannot be read: {error}", "Put the kubeconfig there") from None


# --- what a kubeconfig says -----------------------------------------------------------------------------------------------------------


class _Server(msgspec.Struct, rename="kebab"):
    server: str
    certificate_authority_data: str | None = None
    certificate_authority: str | None = None


class _Cluster(msgspec.Struct):
    name: str
    cluster: _Server


class _User(msgspec.Struct, rename="kebab"):
    client_certificate: str | None = None
    client_key: str | None = None
    token_file: str | None = msgspec.field(name="tokenFile", default=None)


class _NamedUser(msgspec.Struct):
    name: str
    user: _User


class _Reference(msgspec.Struct):
    cluster: str
    user: str


class _Context(msgspec.Struct):
    name: str
    context: _Reference


class _Kubeconfig(msgspec.Struct, rename="kebab"):
    clusters: list[_Cluster]
    users: list[_NamedUser]
    contexts: list[_Context]
    current_context: str


def _server(cluster: RegisteredCluster, text: str) -> _Server:
    """The server of the current context. Files beside the kubeconfig are refused: only its text goes to the provider."""
    try:
        parsed = msgspec.yaml.decode(text, type=_Kubeconfig)
    except msgspec.DecodeError as error:
        raise _unreadable(cluster, f"holds no kubeconfig: {error}", _FLATTEN) from None
    context = next((named.context for named in parsed.contexts if named.name == parsed.current_context), None)
    server = next((named.cluster for named in parsed.clusters if context and named.name == context.cluster), None)
    if context is None or server is None:
        raise _unreadable(cluster, f'has no cluster for its current context "{parsed.current_context}"', _FLATTEN)
    user = next((named.user for named in parsed.users if named.name == context.user), _User())
    beside = [path for path in (server.certificate_authority, user.client_certificate, user.client_key, user.token_file) if path]
    if beside:
        raise _unreadable(cluster, f"refers to files beside it ({', '.join(beside)})", _FLATTEN)
    return server


_FLATTEN = "Write it with `kubectl config view --minify --flatten`"


def _unreadable(cluster: RegisteredCluster, why: str, remedy: str) -> UnreadableKubeconfig:
    variable = cluster.environment_variable
    place = f"environment variable {variable}" if variable is not None else f"file {cluster.file}"
    return UnreadableKubeconfig(
        f"registered cluster {cluster.name}: its kubeconfig, {place}, {why}. {remedy}, or remove the cluster from fleet.yaml."
    )
