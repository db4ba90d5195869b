"""A project as it is at a git ref, read from git objects: nothing of it is run, and the work tree stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from fleet.cli._project import Project, open_project
from fleet.diff.base import read_file_at, read_folder_at
from fleet.lock.file import NAME
from fleet.spec.problem import Problem, SpecError
from fleet.spec.source import read
from fleet.waivers.read import FOLDER


@contextmanager
def open_project_at(file: Path, ref: str) -> Iterator[Project]:
    """The fleet file with what it includes, its lock and its waivers at `ref`. Raises SpecError, and NoBase for a ref that is none.

    An included file is read from the ref alone, so a path that leads out of the project is refused: the ref may be a stranger's.
    """
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        _put(tree, file.name, read_file_at(file.parent, ref, file.name))
        _put(tree, NAME, read_file_at(file.parent, ref, NAME))
        for name in _included(tree / file.name):
            _put(tree, name, read_file_at(file.parent, ref, name))
        for name, content in read_folder_at(file.parent, ref, FOLDER).items():
            _put(tree, name, content)
        opened = open_project(tree / file.name)
        yield Project(file.parent, opened.document, opened.lock, tree)


def _put(tree: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)


def _included(path: Path) -> list[str]:
    """The names under `include`. Raises SpecError for one that leads out of the project."""
    if not path.is_file():
        return []
    source = read(path)
    names = source.data.get("include", []) if isinstance(source.data, dict) else []
    texts = [str(name) for name in names] if isinstance(names, list) else []
    for index, name in enumerate(texts):
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            where = ("include", index)
            raise SpecError([Problem(source.mark(where), where, f'"{name}" leads out of the project, which is not followed at a git ref.')])
    return texts
