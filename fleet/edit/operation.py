"""The changes an edit is made of: each says where it splices the text, and what it makes of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from fleet.edit.place import Pair, Splice, Text, Unplaced, pairs
from fleet.edit.written import block, flow, scalar
from fleet.spec.plain import Plain, depth
from fleet.spec.problem import Mark, Path, Problem, SpecError
from fleet.spec.source import parse


class Operation(Protocol):
    """One change of a YAML document. path: what must be written already, which tells the file."""

    @property
    def path(self) -> Path: ...

    def splice(self, text: Text) -> Splice:
        """The change of the text. Raises Unplaced."""
        ...

    def apply(self, data: Any) -> None:
        """Make the same change in plain data."""
        ...


def edited(texts: Mapping[str, str], operations: Iterable[Operation]) -> dict[str, str]:
    """The files (name -> text) after all operations, which are placed in the texts as they are and must not touch the same place.

    What comes out is read again and must say exactly what the operations mean. Raises SpecError where one cannot be made.
    """
    placed: dict[str, list[Operation]] = {}
    data = {name: _unshared(parse(text.removeprefix("\ufeff"), name).data) for name, text in texts.items()}
    for operation in operations:
        owner = max(texts, key=lambda name: depth(data[name], operation.path))
        placed.setdefault(owner, []).append(operation)
    return {**texts, **{name: _edited(name, texts[name], data[name], wanted) for name, wanted in placed.items()}}


def _edited(name: str, whole: str, data: Plain, operations: list[Operation]) -> str:
    mark = "\ufeff" if whole.startswith("\ufeff") else ""
    text = Text(whole.removeprefix(mark))
    splices = []
    for operation in operations:
        try:
            splices.append(operation.splice(text))
            operation.apply(data)
        except Unplaced as reason:
            raise SpecError([Problem(Mark(name, 1, 1), operation.path, f"cannot be edited by command: {reason}.")]) from None
    result = text.text
    for _, splice in sorted(enumerate(splices), key=lambda each: (each[1].start, each[0]), reverse=True):
        result = result[: splice.start] + splice.text + result[splice.end :]
    if parse(result, name).data != data:
        said = "an anchor or an unusual form is in the way. Edit it by hand; `fleet validate` checks it"
        raise SpecError([Problem(Mark(name, 1, 1), operations[0].path, f"cannot be edited by command: {said}.")])
    return mark + result


def _unshared(data: Plain) -> Plain:
    """A copy in which what anchors share stands for itself in each place."""
    if isinstance(data, dict):
        return {key: _unshared(value) for key, value in data.items()}
    return [_unshared(item) for item in data] if isinstance(data, list) else data


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


# --- what comes -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Append:
    """Put `value` at the end of the list at `path`."""

    path: Path
    value: str

    def splice(self, text: Text) -> Splice:
        items = text.list(self.path)
        if not items.value:
            inside = int(items.start_mark.index) + 1
            return Splice(inside, inside, scalar(self.value))
        end = text.end_of(items.value[-1])
        if items.flow_style:
            return Splice(end, end, f", {scalar(self.value)}")
        line = f"{' ' * text.column(items.start_mark.index)}- {scalar(self.value)}"
        return _new_lines(text, end, [line])

    def apply(self, data: Any) -> None:
        _at(data, self.path).append(self.value)


@dataclass(frozen=True)
class Put:
    """Add a pair to the map at `path`: behind the pair `after`, else at its end; in the form that the map's other pairs have.

    comment: behind the pair, where it gets a line of its own. inline: on one line, whatever the others do.
    """

    path: Path
    key: str
    value: Plain
    comment: str = ""
    after: str = ""
    inline: bool = False

    def splice(self, text: Text) -> Splice:
        into = text.map(self.path)
        others = list(pairs(into))
        if not others:
            return Splice(int(into.start_mark.index), int(into.end_mark.index), flow({self.key: self.value}))
        last = next((pair for pair in others if pair.key.value == self.after), others[-1])
        end = text.end_of(last.value)
        if into.flow_style:
            return Splice(end, end, f", {scalar(self.key)}: {flow(self.value)}")
        indent = text.column(others[0].start)
        if self.inline or _on_one_line(others[-1]):
            behind = f" # {self.comment}" if self.comment else ""
            return _new_lines(text, end, [f"{' ' * indent}{scalar(self.key)}: {flow(self.value)}{behind}"])
        return _new_lines(text, end, block(self.key, self.value, indent, self.comment))

    def apply(self, data: Any) -> None:
        into = _at(data, self.path)
        if self.key in into:
            raise Unplaced(f'"{self.key}" is already written')
        into[self.key] = self.value


@dataclass(frozen=True)
class Copy:
    """Write the pair at `path` once more, directly behind itself and with all that stands in it, under another key."""

    path: Path
    key: str

    def splice(self, text: Text) -> Splice:
        pair, into = text.pair(self.path), text.map(self.path[:-1])
        end = text.end_of(pair.value)
        body = text.text[pair.key.end_mark.index : end]
        if into.flow_style:
            return Splice(end, end, f", {scalar(self.key)}{body}")
        body += text.text[end : text.next_line(end)].rstrip("\r\n")
        return _new_lines(text, end, [f"{' ' * text.column(pair.start)}{scalar(self.key)}{body}"])

    def apply(self, data: Any) -> None:
        into = _at(data, self.path[:-1])
        into[self.key] = _unshared(into[self.path[-1]])


# --- what changes ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rekey:
    """Give the pair at `path` another key."""

    path: Path
    key: str

    def splice(self, text: Text) -> Splice:
        key = text.pair(self.path).key
        return Splice(int(key.start_mark.index), int(key.end_mark.index), scalar(self.key))

    def apply(self, data: Any) -> None:
        into = _at(data, self.path[:-1])
        into[self.key] = into.pop(self.path[-1])


@dataclass(frozen=True)
class Replace:
    """Put another value, on one line, in the place of the one at `path`."""

    path: Path
    value: Plain

    def splice(self, text: Text) -> Splice:
        node = text.node(self.path)
        return Splice(int(node.start_mark.index), text.end_of(node), flow(self.value))

    def apply(self, data: Any) -> None:
        _at(data, self.path[:-1])[self.path[-1]] = self.value


# --- what goes ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drop:
    """Take away the pair or the list item at `path`; with it go the comments in its lines, and none that has a line of its own above."""

    path: Path

    def splice(self, text: Text) -> Splice:
        holder = text.node(self.path[:-1])
        if not isinstance(holder, yaml.CollectionNode):
            raise Unplaced(f'"{self.path[-1]}" is not written here')
        spans = [(int(key.start_mark.index), text.end_of(value)) for key, value in _members(holder)]
        index = self._index(holder)
        if not holder.flow_style and len(spans) == 1:
            return Splice(spans[0][0], spans[0][1], "{}" if isinstance(holder, yaml.MappingNode) else "[]")
        if not holder.flow_style:
            return Splice(text.line_start(spans[index][0]), text.next_line(spans[index][1]), "")
        if len(spans) == 1:
            empty = "{}" if isinstance(holder, yaml.MappingNode) else "[]"
            return Splice(int(holder.start_mark.index), int(holder.end_mark.index), empty)
        if index + 1 < len(spans):
            return Splice(spans[index][0], spans[index + 1][0], "")
        return Splice(spans[index - 1][1], spans[index][1], "")

    def _index(self, holder: yaml.Node) -> int:
        for index, (key, _) in enumerate(_members(holder)):
            if self.path[-1] == (key.value if isinstance(holder, yaml.MappingNode) else index):
                return index
        raise Unplaced(f'"{self.path[-1]}" is not written here')

    def apply(self, data: Any) -> None:
        del _at(data, self.path[:-1])[self.path[-1]]


def _members(holder: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """The pairs of a map, or each item of a list twice."""
    if isinstance(holder, yaml.MappingNode):
        return list(holder.value)
    return [(item, item) for item in holder.value] if isinstance(holder, yaml.SequenceNode) else []


def _on_one_line(pair: Pair) -> bool:
    return isinstance(pair.value, yaml.CollectionNode) and bool(pair.value.flow_style)


def _new_lines(text: Text, end: int, lines: Iterable[str]) -> Splice:
    """Lines of their own after the line that holds `end`."""
    at = text.next_line(end)
    whole = text.newline.join(lines)
    if at == len(text.text) and not text.text.endswith("\n"):
        return Splice(at, at, text.newline + whole)
    return Splice(at, at, whole + text.newline)
