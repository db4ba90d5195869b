"""One cluster as a provider instance has it: the way there, found out at the first use, and whether it can be used at all."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sandbox.kubernetes.provider import kubeconfig
from sandbox.kubernetes.provider.api import Api
from sandbox.kubernetes.provider.kubeconfig import Connection
from sandbox.kubernetes.provider.login import Keyring
from sandbox.kubernetes.provider.problem import Problem, Unreachable
from sandbox.kubernetes.provider.settings import Settings, Surroundings
from sandbox.kubernetes.provider.transport import Transport


@dataclass
class Cluster:
    """A configured cluster. ending: set when the instance ends; what waits then stops."""

    settings: Settings
    surroundings: Surroundings
    ending: threading.Event = field(default_factory=threading.Event)
    _api: Api | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def connection(self) -> Connection:
        """Where the kubeconfig leads. Raises KubeconfigProblem."""
        return self.api().transport.connection

    @property
    def namespace(self) -> str:
        """Where objects go that name no namespace: the provider's, else the context's. Raises KubeconfigProblem."""
        return self.settings.namespace or self.connection.namespace

    def api(self) -> Api:
        """The cluster's API; nothing is asked of it yet. Raises KubeconfigProblem."""
        with self._lock:
            if self._api is None:
                one, around = self.settings, self.surroundings
                connection = kubeconfig.read(one.kubeconfig, one.context, one.cluster, around.environment, around.directory)
                keyring = Keyring(connection, around.environment, around.directory)
                self._api = Api(Transport(connection, keyring, self.ending))
            return self._api

    def why_unreachable(self) -> str:
        """Why nothing can be asked of the cluster now, empty where it answers."""
        try:
            self.api().resource("v1", "Namespace")
        except Unreachable as error:
            return str(error)
        except Problem as problem:
            return f"{problem}"
        return ""

    def close(self) -> None:
        self.ending.set()
        if self._api is not None:
            self._api.transport.close()
