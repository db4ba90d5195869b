"""Makes a provider instance of what its launcher says: the engine's address, and where and with which variables it was started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from sandbox.cloud.database import Store
from sandbox.cloud.faults import Fault
from sandbox.kubernetes.provider.progress import Progress
from sandbox.kubernetes.provider.servicer import Provider, Surface
from sandbox.kubernetes.provider.settings import Surroundings


def instance(store: Store, request: Mapping[str, object], crash: Callable[[Fault], None], wait: Callable[[float], None]) -> Provider:
    """request: of the launcher (`engine`, `environment`, `directory`); crash, wait: what armed faults do."""
    environment = request.get("environment")
    variables = {str(name): str(value) for name, value in environment.items()} if isinstance(environment, Mapping) else {}
    surroundings = Surroundings(variables, Path(str(request.get("directory", "/"))))
    return Provider(Surface(version("pulumi-kubernetes"), store, surroundings, Progress(str(request.get("engine", ""))), crash, wait))
