"""The gRPC service the engine talks to: one process for each operation of the Pulumi CLI."""

import contextvars
import importlib.metadata
import os
import platform
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from toolchain.language_host import parent, plugin, program

_WORKERS = 8
_NO_SIZE_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_STOP_SECONDS = 1.0


class Host(LanguageServer):
    """The SDK's own server for inline programs, taught to run a program from its folder and to run plugins."""

    def __init__(self, engine: str) -> None:
        super().__init__(lambda: None)
        self.engine = engine

    def Handshake(self, request: language_pb2.LanguageHandshakeRequest, context: Any) -> language_pb2.LanguageHandshakeResponse:
        """The engine says where it takes log messages."""
        self.engine = request.engine_address or self.engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """The version of the SDK the host is made of."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:
        """For `pulumi about`."""
        return language_pb2.AboutResponse(executable=sys.executable, version=platform.python_version())

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: Any
    ) -> language_pb2.GetProgramDependenciesResponse:
        """For `pulumi about`: the packages of this interpreter."""
        rows = sorted((found.name, found.version) for found in importlib.metadata.distributions())
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in rows]
        )

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """For `pulumi install`: says who installs them."""
        yield language_pb2.InstallDependenciesResponse(stderr=b"The packages of this project are installed by `make setup`.\n")

    def Run(self, request: language_pb2.RunRequest, context: Any) -> language_pb2.RunResponse:
        """Runs the program, in a context of its own: the SDK keeps its settings in context variables."""
        outcome = contextvars.copy_context().run(program.run, request, self.engine)
        return language_pb2.RunResponse(error=outcome.error, bail=outcome.bail)

    def RunPlugin(self, request: language_pb2.RunPluginRequest, context: Any) -> Iterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack or another plugin written in Python."""
        return plugin.run(request)


def main() -> None:
    """Serves on a free port of the loopback, printed as the first line, until SIGINT, SIGTERM or the end of the engine."""
    ended = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: ended.set())
    parent.end_with_parent(plugin.end_all)
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=_NO_SIZE_LIMIT)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(sys.argv[-1]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    ended.wait()
    plugin.end_all()
    server.stop(_STOP_SECONDS).wait(_STOP_SECONDS)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a program's threads that still run must not keep the process
