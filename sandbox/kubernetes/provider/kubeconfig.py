"""Reads a kubeconfig as kubectl does: which server a context leads to, how it is trusted, and how one logs in.

Source: Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files" and the API reference "kubeconfig (v1)", 2026.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sandbox.kubernetes.provider.problem import KubeconfigProblem

Values = Mapping[str, object]
UNSUPPORTED = ("auth-provider", "username", "password")


@dataclass(frozen=True)
class Plugin:
    """A program that logs in (`exec` of a user). tells_cluster: it is told which cluster it is for (`provideClusterInfo`)."""

    api_version: str
    command: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    tells_cluster: bool
    install_hint: str


@dataclass(frozen=True)
class Login:
    """How a user logs in: at most one of them; nothing at all is anonymous. certificate, key: PEM."""

    token: str = ""
    token_file: Path | None = None
    certificate: bytes = b""
    key: bytes = b""
    plugin: Plugin | None = None


@dataclass(frozen=True)
class Connection:
    """Where a context leads. cluster: its name in the kubeconfig; authority: PEM, empty for the system's own; proxy: URL or empty."""

    cluster: str
    server: str
    authority: bytes
    insecure: bool
    server_name: str
    proxy: str
    namespace: str
    login: Login
    raw: Values = field(default_factory=dict)

    def __str__(self) -> str:
        return f"cluster {self.cluster} ({self.server})"


def read(source: str, context: str, cluster: str, environment: Mapping[str, str], directory: Path) -> Connection:
    """The connection of a kubeconfig: its text (YAML or JSON) or its path; empty: what KUBECONFIG or the home directory names.

    context, cluster: other than the current ones, empty for those. directory: paths are relative to the file's folder, or to this one
    for a kubeconfig given as text. Raises KubeconfigProblem.
    """
    text, folder = _text(source, environment, directory)
    document = _parsed(text)
    name = context or str(document.get("current-context") or "")
    chosen = _named(document, "contexts", "context", name, "context" if name else "current-context")
    cluster_name = cluster or str(chosen.get("cluster") or "")
    server = _named(document, "clusters", "cluster", cluster_name, "cluster")
    user = _named(document, "users", "user", str(chosen["user"]), "user") if chosen.get("user") else {}
    if not server.get("server"):
        raise KubeconfigProblem(f"kubeconfig: cluster {cluster_name} has no `server`")
    return Connection(
        cluster=cluster_name,
        server=str(server["server"]).rstrip("/"),
        authority=_content(server, "certificate-authority", folder),
        insecure=server.get("insecure-skip-tls-verify") is True,
        server_name=str(server.get("tls-server-name") or ""),
        proxy=str(server.get("proxy-url") or ""),
        namespace=str(chosen.get("namespace") or "default"),
        login=_login(user, folder, cluster_name),
        raw=document,
    )


def rerouted(source: str, proxy: str) -> str:
    """A kubeconfig given as text, with another proxy where it names one; anything else as it is. Raises KubeconfigProblem."""
    if not proxy or "proxy-url" not in source or not _is_text(source):
        return source
    document = json.loads(json.dumps(_parsed(source)))
    for named in document.get("clusters") or ():
        if named.get("cluster", {}).get("proxy-url"):
            named["cluster"]["proxy-url"] = proxy
    return json.dumps(document)


def _is_text(source: str) -> bool:
    return "\n" in source or source.lstrip().startswith("{")


def _text(source: str, environment: Mapping[str, str], directory: Path) -> tuple[str, Path]:
    home = Path(environment.get("HOME", "/"))
    named = source or environment.get("KUBECONFIG", "").split(":")[0] or str(home / ".kube" / "config")
    if _is_text(named):
        return named, directory
    path = home / named[2:] if named.startswith("~/") else directory / named
    try:
        return path.read_text(), path.parent
    except OSError as error:
        raise KubeconfigProblem(f"kubeconfig {path}: {error.strerror or error}; give its text or a path that can be read") from error


def _parsed(text: str) -> Values:
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise KubeconfigProblem(f"kubeconfig is neither YAML nor JSON: {error}") from error
    if not isinstance(document, Mapping):
        raise KubeconfigProblem("kubeconfig is no mapping of clusters, users and contexts")
    return document


def _named(document: Values, collection: str, member: str, name: str, what: str) -> Values:
    entries = document.get(collection)
    for entry in entries if isinstance(entries, Sequence) else ():
        if isinstance(entry, Mapping) and entry.get("name") == name and isinstance(entry.get(member), Mapping):
            found: Values = entry[member]
            return found
    raise KubeconfigProblem(f"kubeconfig has no {what} {name!r} among its {collection}")


def _content(values: Values, key: str, folder: Path) -> bytes:
    """What `KEY-data` holds or the file that `KEY` names."""
    data, path = values.get(f"{key}-data"), values.get(key)
    try:
        return b64decode(str(data)) if data else (folder / str(path)).read_bytes() if path else b""
    except (OSError, ValueError) as error:
        raise KubeconfigProblem(f"kubeconfig: {key}: {error}") from error


def _login(user: Values, folder: Path, cluster: str) -> Login:
    for key in UNSUPPORTED:
        if user.get(key):
            raise KubeconfigProblem(
                f"kubeconfig: the user of cluster {cluster} logs in by {key!r}: API servers no longer take it; use `exec`"
            )
    plugin = user.get("exec")
    token_file = user.get("tokenFile")
    return Login(
        token=str(user.get("token") or ""),
        token_file=folder / str(token_file) if token_file else None,
        certificate=_content(user, "client-certificate", folder),
        key=_content(user, "client-key", folder),
        plugin=_plugin(plugin, folder) if isinstance(plugin, Mapping) else None,
    )


def _plugin(values: Values, folder: Path) -> Plugin:
    command = str(values.get("command") or "")
    variables = values.get("env") or ()
    arguments = values.get("args") or ()
    if not command or not isinstance(variables, Sequence) or not isinstance(arguments, Sequence):
        raise KubeconfigProblem("kubeconfig: `exec` needs a `command`, and lists for `args` and `env`")
    return Plugin(
        api_version=str(values.get("apiVersion") or ""),
        command=str(folder / command) if "/" in command else command,
        arguments=tuple(str(argument) for argument in arguments),
        environment={str(variable["name"]): str(variable["value"]) for variable in variables},
        tells_cluster=values.get("provideClusterInfo") is True,
        install_hint=str(values.get("installHint") or ""),
    )
