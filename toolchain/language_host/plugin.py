"""Runs a plugin that is a Python program (a policy pack, say) and streams what it prints."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import IO

from pulumi.runtime.proto import language_pb2

_CHUNK_BYTES = 65536
_Answer = language_pb2.RunPluginResponse
_running: set[subprocess.Popen[bytes]] = set()


def run(request: language_pb2.RunPluginRequest) -> Iterator[_Answer]:
    """The plugin's output as it comes, then its exit code. The plugin ends with the stream."""
    environment = {**os.environ, **dict(pair.split("=", 1) for pair in request.env)}
    with subprocess.Popen(
        _command(request), cwd=request.pwd or None, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        _running.add(process)
        try:
            yield from _output(process)
            yield _Answer(exitcode=process.wait())
        finally:
            _running.discard(process)
            if process.poll() is None:
                process.terminate()


def end_all() -> None:
    """Ends the plugins that still run: this process is about to end, and they must not outlive it."""
    for process in tuple(_running):
        process.terminate()


def _command(request: language_pb2.RunPluginRequest) -> list[str]:
    """A policy pack is loaded by the SDK, which gets the engine's address and the pack; any other plugin is a program of its own."""
    if request.kind == "analyzer":
        engine, *more = request.args
        return [sys.executable, "-u", "-m", "pulumi.policy", engine, request.info.program_directory, *more]
    return [sys.executable, "-u", request.info.program_directory, *request.args]


def _output(process: subprocess.Popen[bytes]) -> Iterator[_Answer]:
    chunks: queue.Queue[_Answer | None] = queue.Queue()
    assert process.stdout is not None and process.stderr is not None
    for stream, as_answer in ((process.stdout, _stdout), (process.stderr, _stderr)):
        threading.Thread(target=_pump, args=(stream, as_answer, chunks), daemon=True).start()
    for _ in range(2):
        yield from iter(chunks.get, None)


def _pump(stream: IO[bytes], as_answer: Callable[[bytes], _Answer], chunks: "queue.Queue[_Answer | None]") -> None:
    for chunk in iter(lambda: os.read(stream.fileno(), _CHUNK_BYTES), b""):
        chunks.put(as_answer(chunk))
    chunks.put(None)


def _stdout(chunk: bytes) -> _Answer:
    return _Answer(stdout=chunk)


def _stderr(chunk: bytes) -> _Answer:
    return _Answer(stderr=chunk)
