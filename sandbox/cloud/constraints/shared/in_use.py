"""What another resource still needs cannot be deleted.

Rule and errors: tables/in_use.tsv, one row a need, each with the error of the operation that deletes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sandbox.cloud.constraints import links
from sandbox.cloud.constraints.reading import effective, flag, holds, texts
from sandbox.cloud.constraints.registry import ANY
from sandbox.cloud.constraints.tables import rows
from sandbox.cloud.models.faults import Fault
from sandbox.cloud.request import Phase, Refusal, Request, Stored
from sandbox.cloud.store import StoreView

TYPES: Final = ANY
PHASES: Final[tuple[Phase, ...]] = ("delete",)


@dataclass(frozen=True)
class Need:
    """One row of the table. link: the user's property is a Google link, not the plain id."""

    user: str
    property: str
    link: bool
    fault: Fault
    text: str
    unless: str


def refusals(request: Request, store: StoreView) -> Iterator[Refusal]:
    for need in needs().get(request.type, ()):
        if need.unless and flag(effective(request), need.unless, default=False):
            continue
        user = next(iter(_users(need, request, store)), None)
        if user is not None:
            yield need.fault.refusal("", need.text.format(id=request.id, user=user.id))
            return


@cache
def needs() -> Mapping[str, tuple[Need, ...]]:
    """Type -> who may need it."""
    found: dict[str, tuple[Need, ...]] = {}
    for row in rows("in_use"):
        fault = Fault(row["service"], row["operation"], row["error"])
        need = Need(row["user"], row["property"], row["key"] == "link", fault, row["text"], row["unless"] or "")
        found[row["type"]] = (*found.get(row["type"], ()), need)
    return found


def _users(need: Need, request: Request, store: StoreView) -> Sequence[Stored]:
    if not need.link:
        return [each for each in store.all(need.user) if not each.kept and request.id in texts(holds(each), need.property)]
    target = store.get(request.type, request.id)
    return [each for each in store.everywhere.all(need.user) if target is not None and not each.kept and _links(each, need, target)]


def _links(user: Stored, need: Need, target: Stored) -> bool:
    held = holds(user)
    place = links.region_of(links.place(held))
    return any(links.matches(target, link, user.caller.account, place) for link in texts(held, need.property))
