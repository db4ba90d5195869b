"""Reads the catalogue's tables: tab-separated, a header line, comment lines that start with `#`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

_DATA = Path(__file__).parent / "data"


def rows(table: str) -> Iterator[Mapping[str, str]]:
    """The rows of `data/<table>.tsv` in file order, column name -> cell; cells are never quoted, an empty one is ''."""
    with (_DATA / f"{table}.tsv").open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)


def flag(cell: str) -> bool:
    """`true` or `false`; raises KeyError for anything else, because a typo must not read as false."""
    return {"true": True, "false": False}[cell]


def day(cell: str) -> date | None:
    """An ISO date, or None where the cell is empty (no date published)."""
    return date.fromisoformat(cell) if cell else None
