"""Allot address ranges: first free, aligned, never touching what is taken; what was allotted before stays where it is."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, order=True)
class Range:
    """A CIDR block as numbers: `start` is its first address, `end` the first behind it."""

    start: int
    end: int

    @property
    def prefix(self) -> int:
        """The prefix length."""
        return 32 - (self.end - self.start).bit_length() + 1

    def __str__(self) -> str:
        octets = ".".join(str(self.start >> shift & 255) for shift in (24, 16, 8, 0))
        return f"{octets}/{self.prefix}"

    def overlaps(self, other: Range) -> bool:
        """Whether the two share an address."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Range) -> bool:
        """Whether all of `other` lies in this range."""
        return self.start <= other.start and other.end <= self.end

    def part(self, prefix: int, index: int) -> Range:
        """The index-th block of length `prefix` inside this range. Raises ValueError when there is none."""
        size = 1 << (32 - prefix)
        block = Range(self.start + index * size, self.start + (index + 1) * size)
        if not self.contains(block):
            raise ValueError(f"{self} has no /{prefix} number {index}")
        return block


@cache
def parse_range(text: str) -> Range:
    """Read a CIDR. Raises ValueError, saying why, for one that is malformed or has host bits set."""
    address, _, length = text.partition("/")
    octets = address.split(".")
    if len(octets) != 4 or not all(octet.isascii() and octet.isdigit() and int(octet) < 256 for octet in octets) or not length.isdigit():
        raise ValueError(f'"{text}" is not an IPv4 range like 10.0.0.0/16')
    if int(length) > 32:
        raise ValueError(f'"{text}" has a prefix longer than /32')
    start = int.from_bytes(bytes(map(int, octets)), "big")
    size = 1 << (32 - int(length))
    if start % size:
        first = Range(start - start % size, start - start % size + size)
        raise ValueError(f'"{text}" has host bits set; the range that holds it is {first}')
    return Range(start, start + size)


class Space:
    """The taken ranges inside one pool, joined where they touch. Not a value: `take` adds to it."""

    def __init__(self, pool: Range, taken: Iterable[Range] = ()) -> None:
        self.pool = pool
        self._taken = list(_joined(used for used in taken if used.overlaps(pool)))
        self._cursor: dict[int, int] = {}

    def take(self, prefix: int) -> Range | None:
        """Take the first free aligned block of length `prefix`, or None when there is none left."""
        size = 1 << (32 - prefix)
        start = self._cursor.get(prefix, self.pool.start)
        start = -(-start // size) * size
        while start + size <= self.pool.end:
            block = Range(start, start + size)
            position = bisect.bisect_left(self._taken, Range(block.end, block.end))
            if position and self._taken[position - 1].overlaps(block):
                start = -(-self._taken[position - 1].end // size) * size
                continue
            self._taken.insert(position, block)
            self._cursor[prefix] = block.end
            return block
        return None


def _joined(ranges: Iterable[Range]) -> Iterator[Range]:
    """Sorted ranges without overlaps: those that share addresses become one."""
    current: Range | None = None
    for used in sorted(ranges):
        if current and used.start <= current.end:
            current = Range(current.start, max(current.end, used.end))
        else:
            if current:
                yield current
            current = used
    if current:
        yield current


def overlapping(owned: Iterable[tuple[Range, str]]) -> Iterator[tuple[tuple[Range, str], tuple[Range, str]]]:
    """Pairs of (range, owner) that overlap, each pair once, in address order."""
    widest: tuple[Range, str] | None = None
    for current in sorted(owned):
        if widest and widest[0].overlaps(current[0]):
            yield widest, current
        if widest is None or current[0].end > widest[0].end:
            widest = current
