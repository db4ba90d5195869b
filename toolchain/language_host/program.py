"""Runs the user's program once, as the official host does: same arguments, same module search, same words for its errors."""

import asyncio
import contextlib
import json
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pulumi.runtime.resource
from pulumi.runtime import reset_options, run_in_stack, set_all_config
from pulumi.runtime.proto import language_pb2, source_pb2

_CONFIGURATION_LIMIT_BYTES = 131072
"""MAX_ARG_STRLEN of Linux: the official host passes the configuration through one environment variable (pulumi/pulumi#20402)."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `error` is for the engine to print; `bail` means that it failed and all has been printed."""

    error: str = ""
    bail: bool = False


def run(request: language_pb2.RunRequest, engine: str) -> Outcome:
    """One run of the program of `request`, which logs to the engine at the address `engine`."""
    size = len("PULUMI_CONFIG=") + len(json.dumps(dict(request.config)).encode()) + 1
    if size > _CONFIGURATION_LIMIT_BYTES:
        return Outcome(error=f"fork/exec {sys.executable}: argument list too long")
    _drop_stack_traces()
    _configure(request, engine)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    program = Path(request.info.program_directory) / request.info.entry_point
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(request.parallel, 1) * 4))
    loop.set_exception_handler(_stop_on_rpc_error)
    try:
        with _as_main(Path(request.info.program_directory), program, list(request.args)):
            return _outcome(loop, program)
    finally:
        _finish(loop)


def _outcome(loop: asyncio.AbstractEventLoop, program: Path) -> Outcome:
    """The run itself, and each way in which it can fail, told once."""
    try:
        loop.run_until_complete(run_in_stack(lambda: _execute(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except grpc.RpcError as error:
        # The engine takes its monitor away when it has decided to stop, and has said why.
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return Outcome()
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_user_traceback(error, program.parent)}")
    except SystemExit as error:
        return _exited(error)
    except Exception as error:
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_user_traceback(error, program.parent)}")
    else:
        return Outcome()
    return Outcome(bail=True)


def _execute(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def _exited(error: SystemExit) -> Outcome:
    if error.code in (None, 0):
        return Outcome()
    if isinstance(error.code, int):
        return Outcome(error=f"Program exited with non-zero exit code: {error.code}")
    print(error.code, file=sys.stderr)
    return Outcome(error="Program exited with non-zero exit code: 1")


def _user_traceback(error: BaseException, folder: Path) -> str:
    """The traceback without the frames before the user's first one: those are the host's and the SDK's."""
    trace = error.__traceback__
    while trace is not None and not Path(trace.tb_frame.f_code.co_filename).is_relative_to(folder.resolve()):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))


def _configure(request: language_pb2.RunRequest, engine: str) -> None:
    reset_options(
        project=request.project,
        monitor_address=request.monitor_address,
        engine_address=engine,
        stack=request.stack,
        parallel=request.parallel,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))


@contextlib.contextmanager
def _as_main(folder: Path, program: Path, arguments: list[str]) -> Iterator[None]:
    """The process as the program expects it: its folder first in the search path and the working one, its arguments in sys.argv."""
    before = sys.argv, sys.path[:], Path.cwd()
    sys.argv = [str(program), *arguments]
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        os.chdir(before[2])


def _drop_stack_traces() -> None:
    """Registers resources without the Python stack they were made on: 70 % of the state file, which is rewritten at every step."""
    nothing = source_pb2.StackTrace()
    pulumi.runtime.resource._get_stack_trace = lambda: nothing


def _stop_on_rpc_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if isinstance(context.get("exception"), grpc.RpcError):
        loop.stop()
    else:
        loop.default_exception_handler(context)


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()
    sys.stdout.flush()
    sys.stderr.flush()
