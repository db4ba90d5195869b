"""Where values stand in the text of a YAML file, to the character, so that an edit touches nothing else.

ruamel.yaml's round trip keeps comments but spaces flow maps and aligned comments its own way: 40 of the example's 150 lines come back
changed. So an edit is a splice of the text, and what it made is read again and compared with what it should say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from fleet.spec.problem import Path

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unplaced(Exception):
    """What is to be edited is not written where it is meant to be: it is an alias of an anchor elsewhere, or not there."""


@dataclass(frozen=True)
class Splice:
    """Replace the characters from `start` up to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Pair:
    """One `key: value` of a map. pair_start: the first character of its key."""

    key: yaml.ScalarNode
    value: yaml.Node

    @property
    def start(self) -> int:
        return int(self.key.start_mark.index)


class Text:
    """A YAML text with its tree of nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        root = yaml.compose(text, Loader=_LOADER)
        if root is None:
            raise Unplaced("the file is empty")
        self._root = root

    def node(self, path: Path) -> yaml.Node:
        """The node at `path`. Raises Unplaced."""
        node = self._root
        for step in path:
            child = pair_of(node, str(step)).value if isinstance(node, yaml.MappingNode) else _item(node, step)
            if not _inside(child, node):
                raise Unplaced(f'"{step}" is an alias of an anchor that is written elsewhere. Write the value out first')
            node = child
        return node

    def map(self, path: Path) -> yaml.MappingNode:
        """The map at `path`. Raises Unplaced."""
        node = self.node(path)
        if not isinstance(node, yaml.MappingNode):
            raise Unplaced(f'"{path[-1]}" is no map')
        return node

    def list(self, path: Path) -> yaml.SequenceNode:
        """The list at `path`. Raises Unplaced."""
        node = self.node(path)
        if not isinstance(node, yaml.SequenceNode):
            raise Unplaced(f'"{path[-1]}" is no list')
        return node

    def pair(self, path: Path) -> Pair:
        """The key and value at `path`, whose last step is a key. Raises Unplaced."""
        return pair_of(self.map(path[:-1]), str(path[-1]))

    def end_of(self, node: yaml.Node) -> int:
        """Behind the last character of a node's own text: a block's end mark lies behind the comments and blank lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end_of(last[1] if isinstance(last, tuple) else last)
        end = int(node.end_mark.index)
        return len(self.text[:end].rstrip()) if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else end

    def line_start(self, index: int) -> int:
        """The first character of the line that holds `index`."""
        return self.text.rfind("\n", 0, index) + 1

    def next_line(self, index: int) -> int:
        """The first character of the line after the one that holds `index`; the end of the text after the last line."""
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end + 1

    def column(self, index: int) -> int:
        """How many characters stand before `index` in its line."""
        return index - self.line_start(index)


def pair_of(node: yaml.Node, key: str) -> Pair:
    """The pair of a map with this key. Raises Unplaced."""
    for pair in pairs(node):
        if pair.key.value == key:
            return pair
    raise Unplaced(f'"{key}" is not written here')


def pairs(node: yaml.Node) -> Iterator[Pair]:
    """The pairs of a map, in order."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        assert isinstance(key, yaml.ScalarNode)
        yield Pair(key, value)


def _item(node: yaml.Node, step: object) -> yaml.Node:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found = node.value[step]
        assert isinstance(found, yaml.Node)
        return found
    raise Unplaced(f'"{step}" is not written here')


def _inside(child: yaml.Node, parent: yaml.Node) -> bool:
    """Whether a node is written in its parent, and not as an anchor somewhere else."""
    return bool(parent.start_mark.index <= child.start_mark.index and child.end_mark.index <= parent.end_mark.index)
