"""The folder that keeps what was built: outside the tree, one entry a tool and version, each complete or absent."""

import contextlib
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from toolchain.failure import ToolchainError

Progress = Callable[[str], None]
"""Takes one finished line of text for the user."""

_LOCK_MINUTES = 60


def root() -> Path:
    """The cache: $FLEET_CACHE, else the user's cache folder of this operating system."""
    chosen = os.environ.get("FLEET_CACHE")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("fleet"))


def entry(name: str, version: str, recipe: str) -> Path:
    """Where the thing `name` of `version`, made by `recipe` on this kind of machine, is kept once it is complete."""
    made_by = f"{platform.system()} {platform.machine()}\n{recipe}"
    return root() / name / f"{version}-{hashlib.sha256(made_by.encode()).hexdigest()[:8]}"


@contextlib.contextmanager
def filling(target: Path, what: str, progress: Progress) -> Iterator[Path | None]:
    """Yields a folder to fill, which becomes `target` in one step when the block ends well; None where another run filled it meanwhile.

    One run at a time per target: a second one says what it waits for. What a killed run left is cleared away first.
    """
    with _locked(target, what, progress):
        if target.exists():
            yield None
            return
        for left_behind in target.parent.glob(f".{target.name}.*"):
            shutil.rmtree(left_behind)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            yield folder
            _flush(folder)
            folder.chmod(0o755)
            folder.rename(target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


@contextlib.contextmanager
def _locked(target: Path, what: str, progress: Progress) -> Iterator[None]:
    from filelock import FileLock, Timeout

    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.parent / f"{target.name}.lock", mode=0o600)
    owner = target.parent / f"{target.name}.owner"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = owner.read_text() if owner.exists() else "another process"
        progress(f"{what}: waiting for {holder}, which is making it already ({lock.lock_file})")
        try:
            lock.acquire(timeout=_LOCK_MINUTES * 60)
        except Timeout:
            raise ToolchainError(
                f"{what}: {holder} has held {lock.lock_file} for {_LOCK_MINUTES} minutes.\n"
                "End that process if it hangs, then run this again."
            ) from None
    try:
        owner.write_text(f"process {os.getpid()}")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _flush(folder: Path) -> None:
    """Puts the files at the top of `folder` on the disk, so that a power cut cannot leave a complete entry with empty files."""
    for path in folder.iterdir():
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
