"""Pulumi's provider protocol (messages and service), loaded without the rest of its SDK.

`import pulumi` costs 0.4 s and 10 MB that a server has no use for; its generated protocol modules import nothing of it. So the two parent
packages stand in as empty ones while the protocol is loaded, unless the SDK is there already.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

PARENTS = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def _stand_in(name: str, folder: Path) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    return module


def _load_without_sdk() -> None:
    spec = importlib.util.find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the Pulumi SDK is not installed beside the sandbox: run `make setup`")
    root = Path(next(iter(spec.submodule_search_locations))).parent
    for name in PARENTS:
        sys.modules[name] = _stand_in(name, root.joinpath(*name.split(".")))
    try:
        importlib.import_module("pulumi.runtime.proto.provider_pb2_grpc")
        importlib.import_module("pulumi.runtime.proto.engine_pb2_grpc")
        importlib.import_module("pulumi.runtime.proto.errors_pb2")
        importlib.import_module("pulumi.runtime.proto.status_pb2")
    finally:
        for name in PARENTS:
            del sys.modules[name]


if not TYPE_CHECKING and "pulumi" not in sys.modules:
    _load_without_sdk()

if TYPE_CHECKING:
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, errors_pb2, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
else:
    _PROTO = "pulumi.runtime.proto."
    if "pulumi" in sys.modules:
        for _name in ("engine_pb2", "engine_pb2_grpc", "errors_pb2", "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"):
            importlib.import_module(_PROTO + _name)
    engine_pb2 = sys.modules[_PROTO + "engine_pb2"]
    engine_pb2_grpc = sys.modules[_PROTO + "engine_pb2_grpc"]
    errors_pb2 = sys.modules[_PROTO + "errors_pb2"]
    plugin_pb2 = sys.modules[_PROTO + "plugin_pb2"]
    provider_pb2 = sys.modules[_PROTO + "provider_pb2"]
    provider_pb2_grpc = sys.modules[_PROTO + "provider_pb2_grpc"]
    status_pb2 = sys.modules[_PROTO + "status_pb2"]

__all__ = ["engine_pb2", "engine_pb2_grpc", "errors_pb2", "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
