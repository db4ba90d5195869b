"""What stops the sandbox's shell: one message for the reader, exit code 2."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


class ShellProblem(click.ClickException):
    """The environment does not allow what was asked. The message says what, where and what to do."""

    exit_code = 2


@contextmanager
def disk_problems(place: Path) -> Iterator[None]:
    """Turn a full, read-only or forbidden disk under `place` into a ShellProblem."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        raise ShellProblem(
            f"cannot write {error.filename or place}: {error.strerror}. Free some space or choose another place with --state DIR."
        ) from error
