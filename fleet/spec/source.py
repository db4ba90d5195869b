"""YAML text to plain data that remembers, for every value, the file, line and column it came from.

libyaml composes a tree of nodes with marks; this module turns the nodes into dicts, lists and scalars and answers `mark(path)` by walking
the tree again, so that nothing is paid for origins nobody asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath

import yaml

from fleet.spec.plain import Plain
from fleet.spec.problem import Mark, Path, Problem, SpecError

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_NODES = 2_000_000
"""More values than this after aliases are expanded is an attack or a mistake (10,000 written-out clusters have about 300,000)."""

_SCALARS: dict[str, Callable[[str], Plain]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:null": lambda text: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() in ("yes", "true", "on"),
    "tag:yaml.org,2002:int": lambda text: int(text.replace("_", "")),
    "tag:yaml.org,2002:float": lambda text: float(text.replace("_", "")),
}


class Source:
    """One parsed document: `data` as plain values and the marks behind them."""

    def __init__(self, root: yaml.Node, data: Plain, file: str) -> None:
        self.data = data
        self.file = file
        self._root = root

    def mark(self, path: Path, *, of_key: bool = True) -> Mark:
        """Where `path` is written: its key, or its value with `of_key=False`; the deepest part that exists when it does not."""
        node, mark = self._root, self._root.start_mark
        for step in path:
            key, child = _child(node, step)
            if child is None:
                break
            node, mark = child, (key if of_key and key is not None else child).start_mark
        return _mark(mark, self.file)

    def raw(self, path: Path) -> str | None:
        """The text of the scalar at `path` as written, before YAML made a number or boolean of it."""
        node = self._root
        for step in path:
            child = _child(node, step)[1]
            if child is None:
                return None
            node = child
        return node.value if isinstance(node, yaml.ScalarNode) else None


def read(path: FilePath, name: str | None = None) -> Source:
    """Read one YAML file; raises SpecError for unreadable files and for YAML that is broken or ambiguous."""
    name = name or path.name
    try:
        return parse(path.read_text(encoding="utf-8"), name)
    except OSError as error:
        raise SpecError([Problem(Mark(name, 1, 1), (), f"cannot be read: {error.strerror}.")]) from None
    except UnicodeDecodeError as error:
        raise SpecError([Problem(Mark(name, 1, 1), (), f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]) from None


def parse(text: str, name: str) -> Source:
    """Parse YAML text; `name` is the file name that marks carry."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise SpecError([_syntax_problem(error, text, name)]) from None
    except yaml.YAMLError as error:
        raise SpecError([Problem(Mark(name, 1, 1), (), f"is not valid YAML: {' '.join(str(error).split())}.")]) from None
    except RecursionError:
        raise SpecError([Problem(Mark(name, 1, 1), (), "is nested too deeply to be a fleet.")]) from None
    if root is None:
        raise SpecError([Problem(Mark(name, 1, 1), (), "is empty. Start with `apiVersion: fleet/v1` and `name: ...`.")])
    return Source(root, _Builder(name).build_document(root), name)


class _Builder:
    """Turns nodes into plain values and collects all that is ambiguous on the way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._problems: list[Problem] = []
        self._open: set[int] = set()
        self._done: dict[int, tuple[Plain, int]] = {}

    def build_document(self, root: yaml.Node) -> Plain:
        try:
            value, size = self._build(root, ())
        except RecursionError:
            raise SpecError([Problem(Mark(self._name, 1, 1), (), "is nested too deeply to be a fleet.")]) from None
        if size > _MAX_NODES:
            self._problem(root, (), f"its anchors expand to {size:,} values. Write the values out, or use a class.")
        if self._problems:
            raise SpecError(self._problems)
        return value

    def _build(self, node: yaml.Node, path: Path) -> tuple[Plain, int]:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path), 1
        if id(node) in self._done:
            return self._done[id(node)]
        if id(node) in self._open:
            self._problem(node, path, "this anchor contains itself. Remove the alias that points back up.")
            return None, 1
        self._open.add(id(node))
        built = self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        self._open.discard(id(node))
        self._done[id(node)] = built
        return built

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Plain:
        convert = _SCALARS.get(node.tag)
        if convert is None:
            kind = node.tag.rsplit(":", 1)[-1]
            self._problem(node, path, f'YAML reads {node.value!r} as a {kind}. Write it in quotes: "{node.value}".')
            return None
        try:
            return convert(node.value)
        except ValueError:
            self._problem(node, path, f'YAML reads {node.value!r} as a number in another base. Write it in quotes: "{node.value}".')
            return None

    def _sequence(self, node: yaml.Node, path: Path) -> tuple[Plain, int]:
        items, size = [], 1
        for index, child in enumerate(node.value):
            item, weight = self._build(child, (*path, index))
            items.append(item)
            size += weight
        return items, size

    def _mapping(self, node: yaml.Node, path: Path) -> tuple[Plain, int]:
        result: dict[str, Plain] = {}
        lines: dict[str, int] = {}
        size = 1
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            if key in result:
                first = f"{self._name}:{lines[key]}"
                self._problem(key_node, (*path, key), f'"{key}" is already given at {first}. Keep one of the two.')
                continue
            lines[key] = key_node.start_mark.line + 1
            result[key], weight = self._build(value_node, (*path, key))
            size += weight
        return result, size

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._problem(node, path, "a key must be plain text.")
        elif node.tag == "tag:yaml.org,2002:merge":
            self._problem(node, path, "merge keys (<<) hide where a value comes from. Put the shared values in `classes` or `defaults`.")
        elif node.tag != "tag:yaml.org,2002:str":
            kind = node.tag.rsplit(":", 1)[-1]
            self._problem(node, path, f'YAML reads the key {node.value!r} as a {kind}. Write it in quotes: "{node.value}".')
        else:
            return str(node.value)
        return None

    def _problem(self, node: yaml.Node, path: Path, message: str) -> None:
        self._problems.append(Problem(_mark(node.start_mark, self._name), path, message))


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The (key node, value node) of one step below `node`; (None, None) when there is none."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _mark(mark: yaml.Mark, name: str) -> Mark:
    return Mark(name, mark.line + 1, mark.column + 1)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    lines = text.splitlines()
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark and mark.line < len(lines)]
    # What is missed at the end of a file is noticed behind its last line.
    place = _mark(marks[0], name) if marks else Mark(name, max(len(lines), 1), 1)
    line = lines[place.line - 1] if lines else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in str(error.problem):
        return Problem(place, (), "this line is indented with a tab. YAML allows spaces only.")
    context = f" {error.context}," if error.context else ""
    return Problem(place, (), f"is not valid YAML:{context} {error.problem}.")
