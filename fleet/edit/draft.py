"""An edit tried in memory: the new texts, read and compiled as if they were written, and the files that they would make."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.compile.fleet import Compiled, compile_fleet
from fleet.edit.model import Edit
from fleet.edit.operation import edited
from fleet.generate.render import configs, render, staleness
from fleet.lock.file import NAME, LockFile, render_lock
from fleet.spec.load import Document, load


@dataclass(frozen=True)
class Draft:
    """What an edit makes. texts: file of the spec -> its text, of those that differ; old: the same files as they are.

    rendered: the files of stacks/ that it would make, path -> content.
    """

    old: Mapping[str, str]
    texts: Mapping[str, str]
    compiled: Compiled
    rendered: Mapping[str, bytes]

    def diff(self) -> str:
        """The edit of the spec as a unified diff that `git apply` takes."""
        return "".join(_diff(name, self.old[name], text) for name, text in self.texts.items())


@dataclass(frozen=True)
class Writing:
    """Files to be written (path relative to the project -> content) and to be removed, all or none."""

    files: Mapping[str, bytes]
    removed: tuple[str, ...]


def draft(root: Path, document: Document, lock: LockFile, edit: Edit) -> Draft:
    """Try an edit of the project in `root`. Raises SpecError: it cannot be placed in the text, or what it makes is no fleet."""
    old = {source.file: (root / source.file).read_bytes().decode() for source in document.sources}
    new = edited(old, edit.operations)
    with TemporaryDirectory() as folder:
        for name, text in new.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        loaded = load(Path(folder, document.sources[0].file))
    texts = {name: text for name, text in new.items() if text != old[name]}
    compiled = compile_fleet(loaded, lock)
    return Draft(old, texts, compiled, render(compiled.blueprint))


def writing(root: Path, tried: Draft, *, stacks: bool) -> Writing:
    """What differs on the disk: the spec, its lock and, where they are wanted, the stacks. Raises SpecError for a broken stack file."""
    wanted = {name: text.encode() for name, text in tried.texts.items()} | {NAME: render_lock(tried.compiled.lock).encode()}
    rendered = {**tried.rendered, **configs(tried.compiled.blueprint, root)} if stacks else {}
    orphaned = staleness(root, rendered).orphaned if stacks else ()
    return Writing({path: content for path, content in {**wanted, **rendered}.items() if not _same(root / path, content)}, orphaned)


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _diff(name: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
