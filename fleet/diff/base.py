"""A base to compare with: stacks/ as committed at a git ref, read from git objects without touching the work tree."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from fleet.generate.render import DIRECTORY


class NoBase(Exception):
    """The ref cannot be read; the message says why and what to do."""


def read_base(root: Path, ref: str) -> dict[str, bytes]:
    """Every generated JSON file at `ref`: path relative to the project -> content. Raises NoBase."""
    listing = _git(root, "ls-tree", "-r", "-z", "--full-tree", ref, "--", f"{_prefix(root)}{DIRECTORY}/")
    blobs = [entry.partition("\t") for entry in listing.decode().split("\0") if entry]
    wanted = {path: meta.split()[2] for meta, _, path in blobs if path.endswith(".json")}
    contents = _cat(root, list(wanted.values()))
    cut = len(_prefix(root))
    return {path[cut:]: content for path, content in zip(wanted, contents, strict=True)}


def read_recorded(root: Path, recorded: Mapping[str, str]) -> dict[str, bytes]:
    """The files whose git ids an update recorded: path relative to the project -> content. Raises NoBase for one that git does not have."""
    _git(root, "rev-parse", "--git-dir")
    known = _git(root, "cat-file", "--batch-check=%(objectname)", stdin="\n".join(recorded.values()).encode()).decode().split("\n")
    missing = [path for path, found in zip(recorded, known, strict=False) if found.endswith(" missing")]
    if missing:
        raise NoBase(f"{missing[0]} was brought up with a content that is in no commit here. Fetch the commit that was brought up.")
    return dict(zip(recorded, _cat(root, list(recorded.values())), strict=True))


def read_file_at(root: Path, ref: str, name: str) -> bytes | None:
    """One file of the project at `ref`, None where the ref has none. Raises NoBase for a ref that is none."""
    _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    listing = _git(root, "ls-tree", "--full-tree", ref, "--", f"{_prefix(root)}{name}").decode()
    return _cat(root, [listing.split()[2]])[0] if listing else None


def read_folder_at(root: Path, ref: str, folder: str) -> dict[str, bytes]:
    """The files directly in one folder of the project at `ref`: path relative to the project -> content. Raises NoBase."""
    listing = _git(root, "ls-tree", "-z", "--full-tree", ref, "--", f"{_prefix(root)}{folder}/").decode()
    blobs = [entry.partition("\t") for entry in listing.split("\0") if entry]
    wanted = {path: meta.split()[2] for meta, _, path in blobs if meta.split()[1] == "blob"}
    cut = len(_prefix(root))
    return {path[cut:]: content for path, content in zip(wanted, _cat(root, list(wanted.values())), strict=True)}


def short_name(root: Path, ref: str) -> str:
    """The abbreviated commit of a ref. Raises NoBase."""
    return _git(root, "rev-parse", "--short", f"{ref}^{{commit}}").decode().strip()


def has_commit(root: Path, ref: str) -> bool:
    """Whether `root` lies in a git repository with the commit `ref`; False for one without any commit. Raises NoBase for a wrong ref."""
    try:
        _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    except NoBase:
        if ref == "HEAD":
            return False
        raise
    return True


def _prefix(root: Path) -> str:
    return _git(root, "rev-parse", "--show-prefix").decode().strip()


def _cat(root: Path, blobs: list[str]) -> list[bytes]:
    if not blobs:
        return []
    output = _git(root, "cat-file", "--batch", stdin="\n".join(blobs).encode())
    contents, position = [], 0
    for _ in blobs:
        end = output.index(b"\n", position)
        size = int(output[position:end].split()[2])
        contents.append(output[end + 1 : end + 1 + size])
        position = end + size + 2
    return contents


def _git(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise NoBase("git is not installed, so there is no base to compare with. Install git.") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise NoBase(f"git cannot read the base: {reason[0] if reason else 'it is not a commit'}. Name a commit, or commit first.")
    return done.stdout
