"""The tables of the shared constraints: tab-separated, one row a fact, `#` lines say where they come from."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path


def rows(table: str) -> Iterator[Mapping[str, str]]:
    """The rows of `<table>.tsv`, column name -> cell, in the file's order."""
    with (Path(__file__).parent / f"{table}.tsv").open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
