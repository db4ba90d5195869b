"""How a resource is found in its cloud without the id the state lost: a table of types (identity.tsv)."""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, get_args

from fleet.recover.wanted import UNKNOWN

How = Literal["tag", "name", "ask", "none"]

# What the providers append to a name they make up (pulumi-terraform-bridge, NewUniqueHex: a dash and seven hexadecimal digits).
GENERATED: Final = re.compile(r"-[0-9a-f]{7}$")


@dataclass(frozen=True)
class Identity:
    """One row. how: `tag`: by our tag; place is the pattern its ARN fits, whose groups fill the id. `name`: inputs alone fill the id.

    `ask`: a provider function (place) with `arguments` lists candidates under `items`; the one whose members fit `match` fills the id.
    `none`: its cloud cannot be asked; place says what to do by hand.
    fresh: for a type that outlives its stack, how a candidate under a generated name is told from an earlier stack's: by a function that
    must list nothing of it ("FUNCTION ARGUMENT ITEMS"), or because it is the `same` as what the program wants.
    """

    type: str
    how: How
    id: str
    place: str
    arguments: Mapping[str, str]
    items: str
    match: Mapping[str, str]
    fresh: str
    source: str


@cache
def identities() -> Mapping[str, Identity]:
    """All rows by type."""
    text = resources.files("fleet.recover").joinpath("identity.tsv").read_text()
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    return {row["type"]: _identity(row) for row in rows}


def identity(type: str) -> Identity | None:
    """The row of a type: its own, or that of all types of its package (`kubernetes:*`)."""
    return identities().get(type) or identities().get(f"{type.partition(':')[0]}:*")


def findable(type: str) -> bool:
    """Whether a resource of this type can be looked up without its id."""
    known = identity(type)
    return known is not None and known.how != "none"


def _identity(row: Mapping[str, str]) -> Identity:
    how = row["how"]
    if how not in get_args(How):
        raise ValueError(f"identity.tsv: {row['type']}: how is {how!r}, not one of {get_args(How)}")
    return Identity(
        type=row["type"],
        how=how,  # type: ignore[arg-type]
        id=row["id"],
        place=row["place"],
        arguments=_pairs(row["arguments"]),
        items=row["items"],
        match=_pairs(row["match"]),
        fresh=row["fresh"],
        source=row["source"],
    )


def _pairs(text: str) -> Mapping[str, str]:
    return dict(part.split("=", 1) for part in text.split("; ") if part)


def filled(template: str, values: Mapping[str, Any]) -> str | None:
    """A template with `{name}` filled from values; None when one is missing or not known yet."""
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    if any(not isinstance(values.get(name), (str, int)) or values[name] in ("", UNKNOWN) for name in names):
        return None
    return template.format_map({name: values[name] for name in names})


def id_from_arn(identity: Identity, arn: str) -> str | None:
    """The import id of a tagged resource, None when the ARN is of another kind of thing (one that inherited the tag)."""
    match = re.fullmatch(identity.place, arn)
    return identity.id.format_map(match.groupdict()) if match else None


def fits(wanted: str, found: object) -> bool:
    """Whether a listed member is the wanted one: equal, or both a generated name on one stem."""
    if not isinstance(found, str):
        return str(found) == wanted
    return found == wanted or bool(GENERATED.search(wanted)) and GENERATED.sub("", found) == GENERATED.sub("", wanted) != found
